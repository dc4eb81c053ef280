// What staff do on the pages: marking a day, and looking at what waits for their judgement.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { card, schoolDay, until } from "./school.mjs";

// Takes out of the store what it wrongly has under the id of a tap, so that it can be tried again.
const forget = (tap) =>
  execFileSync("python3", [
    "-c",
    `import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as store:
    store.execute("DELETE FROM attendance_taps WHERE tap = ?", (sys.argv[2],))
    store.execute("DELETE FROM attendance WHERE tap = ?", (sys.argv[2],))`,
    join(school.data, "central.db"),
    tap,
  ]);

const send = (record) =>
  gate.send(school.url, "/api/terminal/records", JSON.stringify(record), "application/x-ndjson");

let refusedTap;

// A tap whose id the store has with another content is refused for good, and stays so until somebody
// mends the store and lets the gate try again. Besides, a tap of a gate whose clock was never right.
const school = await openSchool({ people: 12 });
const gate = await school.addGate();
await gate.stop();
await gate.run("http://127.0.0.1:1");
await gate.tap(card(1));
await gate.stop();
const [pending] = (await gate.journal()).pending_attendance;
refusedTap = pending.tap;
await send({ ...pending, name: "Somebody Else" });
await gate.run(school.url);
const cookie = await school.signIn();
const refused = async () => (await school.ask(cookie, "/api/quarantine")).body.count === 1;
await until(refused, "the tap is refused");
const who = { nfc_id: card(2), card: card(2), person: card(2), name: "First2 Last2" };
await send({ ...pending, ...who, tap: "gate-1.00ff00ff.1", clock: "unsure" });
const { browser, page } = await openAt(school);

const go = (words) => page.click(`nav a:has-text("${words}")`);
const pressed = (row, status) => row.locator(by(`mark-${status}`, '[aria-pressed="true"]'));
const student = (id) => page.locator(by("student", `[data-id="${id}"]`));

const recordOf = async (id, day = "") => {
  const { body } = await school.ask(cookie, `/api/attendance${day && `/${day}`}`);
  return body.records.find((each) => each.nfc_id === id);
};

test("a student without a tap is excused by the keyboard, and the store has it", async () => {
  await go("People");
  await page.click("text=/^Without a tap/");
  const row = student(card(3));
  await row.locator(by("mark-excused")).focus();
  await page.keyboard.press("Enter");
  await pressed(row, "excused").waitFor();
  assert.match(await row.textContent(), /Excused/);
  const focused = await page.evaluate(() => document.activeElement.dataset.testid);
  assert.equal(focused, "mark-excused", "the focus stays where it was");
  const record = await recordOf(card(3));
  assert.deepEqual([record.status, record.terminal], ["excused", "staff"]);
});

test("the newest mark counts, after a reload too", async () => {
  const row = student(card(3));
  await row.locator(by("mark-absent")).click();
  await pressed(row, "absent").waitFor();
  await row.getByText("Marked absent").waitFor();
  assert.equal((await recordOf(card(3))).status, "absent");
  await row.locator(by("mark-excused")).click();
  await pressed(row, "excused").waitFor();
  await page.reload();
  await pressed(row, "excused").waitFor();
  assert.equal((await recordOf(card(3))).status, "excused");
});

test("a mark that fails is said in words, and can be made again", async () => {
  const row = student(card(4));
  await page.route("**/marks", (route) =>
    route.fulfill({ status: 409, json: { success: false, error: "no room for it" } }),
  );
  await row.locator(by("mark-absent")).click();
  await row.getByText("Not marked. No room for it.").waitFor();
  await page.unroute("**/marks");
  await browser.looksWell("people-failed", by("student", ":has(.error:not(:empty))"));
  await row.locator(by("mark-absent")).click();
  await pressed(row, "absent").waitFor();
  assert.equal(await row.locator(".error:not(:empty)").count(), 0);
});

test("a tap is shown instead of the mark, whichever came first", async () => {
  const ack = await gate.tap(card(4));
  assert.equal(ack.verdict, "accepted");
  await page.click("text=/^Everyone/");
  await student(card(4)).getByText("On time").waitFor();
  assert.equal(await student(card(4)).locator(by("mark-absent")).count(), 0);
  await until(async () => (await recordOf(card(4))).terminal === "gate-1", "the store says so too");
});

test("a student who did not come on a past day is marked there", async () => {
  let days = -1;
  while ([0, 6].includes(new Date(`${schoolDay(days)}T00:00:00Z`).getUTCDay())) --days;
  const day = schoolDay(days); // a weekend may have nobody to mark
  await page.goto(`${school.url}/days/${day}`);
  const id = await page.locator(by("no-record")).first().getAttribute("data-card");
  const row = page.locator(by("no-record", `[data-card="${id}"]`));
  await row.locator(by("mark-excused")).click();
  await pressed(row, "excused").waitFor();
  assert.equal((await recordOf(id, day)).status, "excused");
  await browser.looksWell("past-day", by("no-record"));
});

test("what waits for staff is counted beside its page, and shown there", async () => {
  await page.waitForSelector(by("to-check-count", ':text-is("2")'));
  await go("Corrections");
  await page.getByRole("tab", { name: /^To check/ }).click();
  const unsure = page.locator(by("unsure-tap"));
  assert.match(await unsure.textContent(), /Time unsure.*\d\d:\d\d\?/);
  const refused = page.locator(by("refused"));
  assert.equal(await refused.getAttribute("data-requeued"), "false");
  assert.match(await refused.textContent(), /The store has this very tap already/);
  await browser.looksWell("corrections", by("refused"));
});

test("a gate that is asked to try again while it is away is waited for, and may be refused again", async () => {
  await gate.stop();
  const refused = page.locator(by("refused"));
  assert.equal(await refused.getAttribute("data-tap"), refusedTap);
  await refused.getByRole("button", { name: /^Try again/ }).press("Enter");
  await refused.getByText("Asked, waiting for the gate").waitFor();
  await browser.looksWell("corrections-asked", by("refused", '[data-requeued="true"]'));
  await gate.run();
  const again = by("refused", '[data-requeued="false"]');
  await page.waitForSelector(again);
});

test("a refused tap leaves when the store has it", async () => {
  forget(refusedTap);
  await page.getByRole("button", { name: /^Try all again/ }).click();
  await page.getByText("no gate has a tap that was refused").waitFor({ timeout: 60_000 });
  await page.waitForSelector(by("to-check-count", ':text-is("1")'));
  assert.equal((await recordOf(card(1))).tap, refusedTap);
});

test("an unsure time that is accepted leaves the list, and the page says that nothing waits", async () => {
  const unsure = page.locator(by("unsure-tap"));
  await unsure.getByRole("button", { name: /^Accept/ }).press("Enter");
  await unsure.waitFor({ state: "detached" });
  await page.getByText("the time of every tap of the last month is known").waitFor();
  assert.equal((await recordOf(card(2))).clock, "unsure");
  await page.waitForSelector(by("to-check-count"), { state: "detached" });
  await browser.looksWell("corrections-none", "h1");
});

test("who is no administrator sees no button, and who can help", async () => {
  const [pattern] = (await gate.journal()).attendance;
  await gate.stop();
  await gate.run("http://127.0.0.1:1");
  await gate.tap(card(6)); // of Narra, the adviser's
  await gate.stop();
  const [pending] = (await gate.journal()).pending_attendance;
  await send({ ...pending, name: pattern.name });
  await gate.run(school.url);
  await page.context().clearCookies();
  await page.goto(`${school.url}/corrections/check`);
  await browser.signIn("adviser");
  await page.getByText("An administrator can let the gate try again").waitFor({ timeout: 60_000 });
  assert.equal(await page.getByRole("button", { name: /^Try/ }).count(), 0);
});

test("nothing complained", () => browser.wellBehaved(/status of 409/));
