// What staff say of people's days: who has not tapped, one and many, ahead, taken back, and by whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { card, schoolDay, until } from "./school.mjs";

const hostile = {
  1: ["Zoë “Z” O'Neil", "<b>Bold</b>"],
  3: ["עברית", "אבג"],
  5: ["W".repeat(30), "Maximiliana-Esperanza-Concepcion"],
  7: ["Ana 🎒", "Reyes"],
};

const school = await openSchool({ people: 24, named: hostile });
const gate = await school.addGate();
const cookie = await school.signIn();
const { browser, page } = await openAt(school);

const row = (n) => page.locator(by("waiting", `[data-id="${card(n)}"]`));
const toast = (words) => page.locator(by("toast")).filter({ hasText: words });
const tab = (name) => page.getByRole("tab", { name }).click();
const recordOf = async (n, day = schoolDay()) => {
  const { body } = await school.ask(cookie, `/api/attendance/${day}`);
  return body.records.find((each) => each.nfc_id === card(n));
};
const choose = (section) => page.selectOption(by("section-filter"), section);
const waiting = (count) =>
  page.getByRole("tab", { name: `Not tapped (${count})`, exact: true }).waitFor();

test("the bell counts who has not tapped, and leads to them", async () => {
  await page.waitForSelector(by("bell-count", ':text-is("24")'));
  await page.getByRole("link", { name: "24 students have not tapped" }).click();
  await waiting(24);
  for (const n of [1, 3, 5, 7]) {
    await page.getByRole("searchbox").fill(hostile[n][0].slice(0, 8));
    const text = await row(n).locator("th").textContent();
    assert.ok(text.startsWith(hostile[n].join(" ")), text);
  }
  await page.getByRole("searchbox").fill("");
  await browser.looksWell("corrections-waiting", by("waiting"));
});

test("a section is marked absent at once, and taken back at once", async () => {
  await choose("Narra");
  await page.locator(".table thead .checkbox").click();
  await page.getByText("12 students chosen").waitFor();
  await browser.looksWell("corrections-chosen", ".chosen-bar");
  await page.getByRole("button", { name: "Mark absent" }).click();
  await page.getByText("and 8 others").waitFor();
  await page.click(by("mark-send"));
  await waiting(12);
  await page.getByText("Nobody of Narra is left here").waitFor();
  assert.equal(await page.inputValue(by("section-filter")), "Narra", "what is chosen is shown");
  await toast("12 students are marked.").getByRole("button", { name: "Undo" }).click();
  await toast("12 marks are taken back.").waitFor();
  await waiting(24);
  assert.equal(await recordOf(2), undefined);
});

test("excusing needs a reason; who said it and why is kept and shown", async () => {
  await choose("");
  await row(7).getByRole("button", { name: "Ana 🎒 Reyes", exact: true }).click();
  await page.click(by("mark-send"));
  await page.getByText("Choose the reason").waitFor();
  await page.selectOption(by("mark-reason"), "Medical");
  await page.getByLabel("Note").fill("Fever, <i>39</i> degrees");
  await browser.looksWell("corrections-excuse", by("mark-form"));
  await page.click(by("mark-send"));
  await waiting(23);
  await tab("Marked");
  const marked = page.locator(by("marked", `[data-card="${card(7)}"]`));
  const text = await marked.textContent();
  assert.match(
    text,
    /Ana 🎒 Reyes.*Illness · Fever, <i>39<\/i> degrees.*By head, \d\d:\d\d.*Excused/,
  );
  const record = await recordOf(7);
  assert.equal(record.excuse_reason, "Medical");
  assert.equal(record.marked_by, "head");
});

test("who forgot the card was here at a time, which says whether they were late", async () => {
  await tab(/^Not tapped/);
  await row(9)
    .getByRole("button", { name: /^Correct the day of/ })
    .click();
  await page.getByRole("menuitem", { name: "Was here" }).click();
  await page.click(by("mark-send"));
  await page.getByText("Say when they came.").waitFor();
  await page.getByLabel("Came at").fill("00:01");
  await page.click(by("mark-send"));
  await waiting(22);
  await until(async () => (await recordOf(9))?.status === "on_time", "the store says on time");
  assert.equal((await recordOf(9)).time, "00:01:00");
  await tab("Marked");
  const marked = page.locator(by("marked", `[data-card="${card(9)}"]`));
  await marked.getByText("Here 00:01").waitFor();
  await browser.looksWell("corrections-marked", by("marked"));
  await marked.getByRole("button", { name: /^Take back/ }).press("Enter");
  await marked.waitFor({ state: "detached" });
  await toast("The mark is taken back.").waitFor();
  await waiting(23);
  assert.equal(await recordOf(9), undefined);
});

test("somebody is excused for days ahead, and it can be taken back", async () => {
  await tab("Excused ahead");
  await page.getByText("Nobody is excused ahead").waitFor();
  await browser.looksWell("corrections-ahead-none", ".empty");
  await page.getByRole("button", { name: "Excuse somebody" }).first().click();
  await page.click(by("mark-send"));
  await page.getByText("Search for the student, and choose one.").waitFor();
  await page.getByRole("dialog").getByRole("combobox").first().fill("Last11");
  await page.getByRole("option", { name: /First11 Last11/ }).click();
  await page.selectOption(by("mark-reason"), "School Activity");
  const from = page.getByRole("group", { name: /First day/ }).getByRole("spinbutton");
  const to = page.getByRole("group", { name: /Last day/ }).getByRole("spinbutton");
  for (const [fields, day] of [
    [from, schoolDay(1)],
    [to, schoolDay(3)],
  ]) {
    const [year, month, date] = day.split("-");
    await fields.nth(0).focus();
    await page.keyboard.type(month + date + year);
  }
  await page.click(by("mark-send"));
  await toast("1 student is marked on 3 days.").waitFor();
  const ahead = page.locator(by("ahead"));
  assert.match(await ahead.textContent(), /First11 Last11.*School activity.*By head.*\(3 days\)/);
  assert.equal((await recordOf(11, schoolDay(3))).status, "excused");
  await browser.looksWell("corrections-ahead", by("ahead"));
  await ahead.getByRole("button", { name: /^Take back/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Take back" }).click();
  await page.getByText("Nobody is excused ahead").waitFor();
  assert.equal(await recordOf(11, schoolDay(2)), undefined);
});

test("what the server does not take is taken back on the page, and said", async () => {
  await tab(/^Not tapped/);
  await waiting(23);
  const refuse = (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/problem+json",
      body: JSON.stringify({ error: "the disk is full; free some space" }),
    });
  await page.route("**/api/attendance/*/marks", refuse);
  await row(0).getByRole("button", { name: "First0 Last0", exact: true }).click();
  await page.getByText("Absent", { exact: true }).click();
  await page.click(by("mark-send"));
  await toast("The disk is full; free some space.").waitFor();
  await waiting(23);
  await page.unroute("**/api/attendance/*/marks");
  await toast("The disk is full").getByRole("button", { name: "Close" }).click();
});

test("a tap takes its student off the list and off the bell", async () => {
  assert.equal((await gate.tap(card(13))).verdict, "accepted");
  await row(13).waitFor({ state: "detached" });
  await page.waitForSelector(by("bell-count", ':text-is("22")'));
});

test("everything is there in Filipino, too", async () => {
  await page.selectOption(".language select", "fil");
  await page.getByRole("tab", { name: /^Hindi nag-tap/ }).waitFor();
  await browser.looksWell("corrections-fil", by("waiting"));
  await page.selectOption(".language select", "en");
});

test("an adviser sees and marks their own section alone", async () => {
  await page.context().clearCookies();
  await page.goto(`${school.url}/corrections`);
  await browser.signIn("adviser");
  await waiting(12);
  await row(0).getByRole("button", { name: "First0 Last0", exact: true }).click();
  await page.getByText("Absent", { exact: true }).click();
  await page.click(by("mark-send"));
  await waiting(11);
  await until(async () => (await recordOf(0))?.marked_by === "adviser", "the mark says by whom");
  assert.equal(await page.getByText("Molave").count(), 0);
});

test("nothing complained", () => browser.wellBehaved());
