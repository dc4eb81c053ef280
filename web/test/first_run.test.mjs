// An empty school: its guide from nothing to the first tap, what empty pages say, and help.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { card, password, tamtap, until } from "./school.mjs";

const school = await openSchool({ empty: true });
await tamtap(
  ["account", "add", "head", "--role", "admin", "--password-stdin", "--data", school.data],
  `${password}\n`,
);
const { browser, page } = await openAt(school);

const step = (id, done) => by(`step-${id}`, `[data-done="${done}"]`);
const began = Date.now();

test("an empty school has a guide, and every part of Today says what comes next", async () => {
  await page.waitForSelector(step("zone", false));
  for (const id of ["roster", "gate", "tap"]) await page.waitForSelector(step(id, false));
  await page.waitForSelector("text=No gate has been added yet.");
  await page.waitForSelector("text=The first arrival shows here by itself.");
  await browser.looksWell("first-run", by("guide"));
});

test("the time zone is set", async () => {
  const zone = page.getByRole("combobox", { name: "Time zone" });
  await zone.fill("manila");
  await page.getByRole("option", { name: "Asia/Manila" }).click();
  await page.click(by("save-zone"));
  await page.waitForSelector(step("zone", true));
});

test("a list with a bad line imports nothing, and says which line", async () => {
  const rows = ["nfc_id,first_name,last_name,grade,section"];
  for (let n = 0; n < 30; ++n) rows.push(`${card(n)},First${n},Last${n},7,Narra`);
  const file = (lines) => ({
    name: "people.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`${lines.join("\n")}\n`),
  });
  await page.setInputFiles(by("roster-file"), file([...rows, "1.00583E+11,Bad,Card,7,Narra"]));
  await page.waitForSelector(`${by("roster-report")} li:has-text("Line 32")`);
  assert.equal(await page.locator(by("roster-import")).count(), 0);
  await browser.picture("first-run-bad-line", "desk");
  await page.setInputFiles(by("roster-file"), file(rows));
  await page.click(by("roster-import"));
  await page.waitForSelector(step("roster", true));
});

test("the first gate comes in by its code, and the first tap ends the guide", async () => {
  await page.click(by("first-gate"));
  await page.fill('input[name="gate"]', "front");
  await page.click(by("make-code"));
  const code = await page.textContent(by("code"));
  const gate = await school.gateByCode("front", code.toLowerCase());
  await page.waitForSelector('[data-here="true"]');
  await page.click(by("code-done"));
  await page.waitForSelector(step("gate", true));
  assert.equal((await gate.tap("0BADCA4D")).verdict, "refused");
  await page.waitForSelector(by("first-refusal"));
  await browser.picture("first-run-tap", "desk");
  // A school without hours has the usual ones; this test is run at any hour.
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  const hours = Object.fromEntries(days.map((each) => [each, { start: "00:00", end: "23:59" }]));
  const made = await school.ask(await school.signIn(), "/api/schedules", "POST", {
    section: "Narra",
    weekly_schedule: hours,
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  let next = 0; // the gate fetches the hours within seconds
  await until(
    async () => (await gate.tap(card(next++ % 30))).verdict === "accepted",
    "a card is taken",
  );
  await page.waitForSelector(by("arrival"));
  await page.waitForSelector(by("guide"), { state: "detached" });
  const seconds = (Date.now() - began) / 1000;
  console.log(`# from the empty school to the first tap: ${seconds.toFixed(0)} s, by a machine`);
  assert.ok(seconds < 300, "under 5 minutes");
});

test("help is there without internet, is searched, and is linked from where it is needed", async () => {
  await page.goto(`${school.url}/help`);
  await browser.looksWell("help", by("help-topic"));
  const all = await page.locator(by("help-topic")).count();
  await page.fill('input[type="search"]', "silent 15");
  await page.waitForFunction(
    ([name, before]) => document.querySelectorAll(name).length < before,
    [by("help-topic"), all],
  );
  await page.waitForSelector("#silent");
  await page.fill('input[type="search"]', "qqqq");
  await page.waitForSelector(".empty");
  await page.goto(`${school.url}/gates`);
  await page.click("text=More about this");
  await page.waitForSelector("#gates");
});

test("nothing was asked of anybody else, and nothing complained", () => browser.wellBehaved());
