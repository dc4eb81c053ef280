// The hours of sections: seen, changed, copied, imported, given up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";

const hostile = `<i>"Ñ" & O'Hara مريم 🦬 Bartholomea Featherstonehaugh</i>`;

const school = await openSchool({ people: 8 });
const cookie = await school.signIn();
for (const [n, section] of [hostile, "Yakal", "Ipil"].entries()) {
  const body = { nfc_id: `EE00000${n}`, first_name: "Ana", last_name: `Reyes${n}`, section };
  const { status } = await school.ask(cookie, "/api/admin/students", "POST", body);
  assert.equal(status, 201);
}
const { browser, page } = await openAt(school, "/schedules");

const dialog = () => page.getByRole("dialog");
const done = () => dialog().waitFor({ state: "detached" });
const section = (name) =>
  page.locator(by("section-hours")).filter({
    has: page.getByRole("heading", { level: 2, name, exact: true }),
  });
const press = (name, button) => section(name).getByRole("button", { name: button }).click();
const hours = async (name) =>
  (await school.ask(cookie, `/api/schedules/${encodeURIComponent(name)}`)).body.data;
const dayOf = (name) => dialog().getByRole("group", { name });

test("each section has its week, and those of the usual hours say so", async () => {
  await section("Narra").locator('[data-day="monday"]').waitFor();
  assert.match(await section("Narra").textContent(), /On time for \d+ minutes, absent after \d+/);
  await section(hostile).getByText("The usual hours of the school hold").waitFor();
  await browser.looksWell("schedules", by("section-hours"));
});

test("the hours of a section are changed, day by day", async () => {
  await press("Narra", "Edit");
  await dayOf("Monday").getByLabel("Starts").fill("07:30");
  await dayOf("Monday").getByLabel("Ends").fill("16:15");
  await dayOf("Saturday").getByText("Saturday").click();
  await dayOf("Sunday").getByText("Sunday").click();
  await dialog().getByRole("button", { name: "The same hours on all these days" }).click();
  assert.equal(await dayOf("Friday").getByLabel("Starts").inputValue(), "07:30");
  await dialog().getByLabel("Grace, in minutes").fill("12");
  await dialog().getByLabel("Absent after, in minutes").fill("90");
  await browser.looksWell("schedules-edit", "[role=dialog]");
  await dialog().getByRole("button", { name: "Save" }).click();
  await done();
  await browser.readMessages();
  await section("Narra").getByText("On time for 12 minutes, absent after 90").waitFor();
  const { weekly_schedule: week, ...more } = await hours("Narra");
  assert.deepEqual(week.monday, { start: "07:30", end: "16:15" });
  assert.ok(!week.saturday?.start && !week.sunday?.start, JSON.stringify(week));
  assert.deepEqual([more.grace_period_minutes, more.absent_threshold_minutes], [12, 90]);
});

test("what the server refuses is said, and what somebody else changed is not written over", async () => {
  await press("Narra", "Edit");
  await dialog().getByLabel("Grace, in minutes").fill("5000");
  await dialog().getByRole("button", { name: "Save" }).click();
  await dialog()
    .getByText(/0 to 1440/)
    .waitFor();
  await school.ask(cookie, "/api/schedules/Narra", "PUT", { grace_period_minutes: 13 });
  await dialog().getByLabel("Grace, in minutes").fill("20");
  await dialog().getByRole("button", { name: "Save" }).click();
  await dialog()
    .getByText(/changed that meanwhile/)
    .waitFor();
  await page.keyboard.press("Escape");
  await done();
});

test("a section's hours are copied to others", async () => {
  await press("Narra", "Copy to sections");
  await dialog().getByText("Yakal", { exact: true }).click();
  await dialog().getByText(hostile, { exact: true }).click();
  await browser.looksWell("schedules-copy", "[role=dialog]");
  await dialog().getByRole("button", { name: "Copy to 2 sections" }).click();
  await done();
  await browser.readMessages();
  await section(hostile).locator('[data-day="monday"]', { hasText: "07:30" }).waitFor();
  const [from, to] = [await hours("Narra"), await hours("Yakal")];
  assert.deepEqual(to.weekly_schedule, from.weekly_schedule);
  assert.equal(to.grace_period_minutes, from.grace_period_minutes);
  assert.equal((await hours("Molave")).weekly_schedule.monday.start === "07:30", false);
});

test("the usual hours are taken again", async () => {
  await press("Yakal", "Use the usual hours");
  await page.getByRole("alertdialog").getByRole("button", { name: "Use the usual hours" }).click();
  await section("Yakal").getByText("The usual hours of the school hold").waitFor();
});

test("a sheet says what it would change and which lines are bad, before it changes anything", async () => {
  await page.getByRole("button", { name: "Import a sheet" }).click();
  const head = "Section,Grade,Adviser Name,Mon Start,Mon End\n";
  const choose = async (text) => {
    const file = { name: "hours.csv", mimeType: "text/csv", buffer: Buffer.from(head + text) };
    await page.setInputFiles('input[type="file"]', file);
    await page.waitForSelector(by("import-preview"));
    await page.waitForSelector(".progress", { state: "detached" });
  };
  await choose("Narra,7,T. Go,08:00,16:00\nIpil,7,Ana,99:00,16:00\n");
  await page.locator(by("row-left_out", ':has-text("3")')).waitFor();
  assert.equal(await page.getByRole("button", { name: "Import", exact: true }).isDisabled(), true);
  await browser.looksWell("schedules-import", by("row-left_out"));
  await choose("Narra,7,T. Go,08:00,16:00\nIpil,7,Ana,07:00,16:00\n");
  await page.locator(by("part-new"), { hasText: "1" }).waitFor();
  await page.getByTestId("part-changed").click();
  await page.getByRole("cell", { name: /Adviser: .* becomes T\. Go/ }).waitFor();
  assert.equal((await hours("Narra")).weekly_schedule.monday.start, "07:30");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Import" }).click();
  await page.getByText("Imported: 1 new, 1 changed").waitFor();
  assert.equal((await hours("Narra")).weekly_schedule.monday.start, "08:00");
  await section("Ipil").locator('[data-day="monday"]', { hasText: "07:00" }).waitFor();
});

test("an adviser changes the own section, a teacher none", async () => {
  await page.context().clearCookies();
  await page.goto(`${school.url}/schedules`);
  await browser.signIn("adviser");
  await press("Narra", "Edit");
  await dialog().getByLabel("Grace, in minutes").fill("9");
  await dialog().getByRole("button", { name: "Save" }).click();
  await section("Narra").getByText("On time for 9 minutes").waitFor();
  assert.equal(await page.locator(by("section-hours")).count(), 1);
  assert.equal(await page.getByRole("button", { name: /Import|Copy|usual/ }).count(), 0);
  await page.context().clearCookies();
  await page.goto(`${school.url}/schedules`);
  await browser.signIn("teacher");
  await section("Molave").locator('[data-day="monday"]').waitFor();
  assert.equal(await section("Molave").getByRole("button").count(), 0);
  await page.getByLabel("Language").selectOption("fil");
  await page.getByRole("heading", { level: 1, name: "Mga iskedyul" }).waitFor();
});

test("nothing complained", () => browser.wellBehaved(/status of (400|412)/));
