// The wall, and what Today compares and counts: the day before, who is missing, inside, or has left.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { card, until } from "./school.mjs";

const long = ["بارتولومي", '🙂 <b>O"Hara</b> ' + "x".repeat(60)];

let tapped;

const school = await openSchool({ people: 60, named: { 3: long } });
const gate = await school.addGate();
const cookie = await school.signIn();
const setting = await school.ask(cookie, "/api/admin/settings/departures", "PUT", {
  value: "on",
});
assert.equal(setting.status, 200, JSON.stringify(setting.body));
for (tapped = 0; tapped < 12; ++tapped) {
  assert.equal((await gate.tap(card(tapped))).verdict, "accepted");
}
// A television that somebody has set to another zone.
const { browser, page } = await openAt(school, "/", { device: { timezoneId: "America/New_York" } });
await page.goto(`${school.url}/?wall`);
await page.waitForURL("**/wall");

const records = async () => (await school.ask(cookie, "/api/attendance")).body.records;

test("the wall shows the school's time, whatever the device's zone is", async () => {
  await page.waitForSelector(by("arrival"));
  const manila = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(11, 16);
  await until(
    async () => {
      const before = manila();
      const shown = await page.textContent(by("wall-clock"));
      return shown === before || shown === manila();
    },
    async () => `${await page.textContent(by("wall-clock"))} is ${manila()}`,
  );
  const there = await page.evaluate(() => new Date().getTimezoneOffset());
  assert.notEqual(there, -480, "the device is elsewhere");
});

test("the wall is readable from 5 m, and nobody scrolls it", async () => {
  for (const colours of ["dark", "light"]) {
    await browser.show("wall", colours, by("arrival"));
    assert.deepEqual(await browser.barriers(), []);
    const found = await page.evaluate(() => {
      const small = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { parentElement: of, textContent } = walker.currentNode;
        const box = of.getBoundingClientRect();
        if (textContent.trim() === "" || box.width < 2 || of.closest(".sr-only")) continue;
        const size = parseFloat(getComputedStyle(of).fontSize);
        if (size < 31) small.push(`${size} px: ${textContent}`);
        if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1) small.push(textContent);
      }
      return { small, scrolls: document.documentElement.scrollHeight > innerHeight };
    });
    assert.deepEqual(found.small, [], "letters that nobody reads from 5 m");
    assert.equal(found.scrolls, false, "nobody scrolls a wall");
  }
  const names = await page.locator(`${by("arrival")} strong`).allTextContents();
  assert.ok(names.length === 8, `${names.length} rows`);
  await browser.picture("wall", "wall");
});

test("an arrival shows on the wall by itself, and a silent gate is said", async () => {
  const { tap } = await gate.tap(card(tapped++));
  await page.waitForSelector(by("arrival", `[data-tap="${tap}"]`));
  await gate.stop();
  await page.waitForSelector(by("silent"));
  await browser.show("wall", "dark", by("silent"));
  assert.deepEqual(await browser.barriers(), []);
  await browser.picture("wall-silent", "wall");
  await gate.run();
  await page.waitForSelector(by("silent"), { state: "detached" });
});

test("the wall says that it is not connected, and of when its figures are", async () => {
  await school.stop();
  await page.waitForSelector(by("as-of"));
  assert.match(await page.textContent(by("as-of")), /These figures are of \d\d:\d\d/);
  await school.run();
  await page.waitForSelector(by("as-of"), { state: "detached" });
});

test("Escape leaves the wall", async () => {
  await page.keyboard.press("Escape");
  await page.waitForSelector("html:not(.wall)");
  await browser.show("desk");
  await browser.live("live");
});

test("who is not here yet is listed by section, and is gone from there with a tap", async () => {
  const missing = page.locator(by("presence-missing"));
  await missing.locator(by("person")).first().waitFor();
  await page.click('.presence button[aria-expanded="false"]');
  const cards = () =>
    missing.locator(by("person")).evaluateAll((all) => all.map((each) => each.dataset.card));
  assert.equal((await cards()).length, 60 - tapped);
  await gate.tap(card(tapped));
  await until(async () => !(await cards()).includes(card(tapped)), "not missing any more");
  ++tapped;
  assert.equal((await cards()).length, 60 - tapped);
});

test("who leaves is told by the live feed, and inside no more", async () => {
  const [first] = await records();
  await page.getByText(/^Inside \(/).click();
  await page.waitForSelector(by("presence-inside"));
  const has = (list) =>
    page.locator(`${by(list)} ${by("person", `[data-card="${first.nfc_id}"]`)}`).count();
  assert.equal(await has("presence-inside"), 1);
  // Another tap, an hour apart: the later one of the two is the way home.
  const hour = first.time < "01:10:00" ? 3_600_000 : -3_600_000;
  const local = new Date(Date.parse(first.tapped_at) + 8 * 3_600_000 + hour).toISOString();
  const record = {
    ...first,
    _id: undefined,
    taps: undefined,
    tap: "gate-1.00ff00ff.900",
    tapped_at: `${local.slice(0, 19)}+08:00`,
    tapped_at_us: first.tapped_at_us + hour * 1000,
    time: local.slice(11, 19),
    date: `${first.day} ${local.slice(11, 19)}`,
  };
  await gate.send(school.url, "/api/terminal/records", `${JSON.stringify(record)}\n`);
  await until(async () => (await has("presence-inside")) === 0, "gone from inside");
  await page.getByText(/^Left \(1\)/).click();
  await page.waitForSelector(by("presence-left"));
  assert.equal(await has("presence-left"), 1);
});

test("today stands against the class day before", async () => {
  const [first] = await records();
  const back = (n) => new Date(Date.parse(first.day) - n * 86_400_000).toISOString().slice(0, 10);
  const days = await school.ask(cookie, `/api/calendar/range?from=${back(14)}&to=${back(1)}`);
  const day = days.body.dates.filter((each) => each.isInstructional).at(-1).date;
  const ago = (Date.parse(first.day) - Date.parse(day)) / 86_400_000;
  const lines = Array.from({ length: 30 }, (_, n) =>
    JSON.stringify({
      ...first,
      _id: undefined,
      taps: undefined,
      departure: undefined,
      tap: `gate-1.00ff00ff.${n + 100}`,
      nfc_id: card(n),
      card: card(n),
      person: card(n),
      name: `First${n} Last${n}`,
      day,
      tapped_at: first.tapped_at.replace(first.day, day),
      tapped_at_us: first.tapped_at_us - ago * 86_400_000_000,
      date: `${day} ${first.time}`,
    }),
  );
  await gate.send(school.url, "/api/terminal/records", `${lines.join("\n")}\n`);
  await page.reload();
  await page.waitForSelector(".line-before");
  const words = await page.textContent(".compared");
  assert.match(words, new RegExp(`${tapped} people so far; on \\w+ it was 30 by`));
  await page.waitForSelector(by("presence-missing"));
  await browser.looksWell("today-departures", ".line-before");
});

test("nothing was asked of anybody else, and nothing complained", () => browser.wellBehaved());
