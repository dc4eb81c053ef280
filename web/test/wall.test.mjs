// The wall, and what Today compares and counts: the day before, who is missing, inside, or has left.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, cutOff } from "./browser.mjs";
import { card, until } from "./school.mjs";

const long = ["بارتولومي", '🙂 <b>O"Hara</b> ' + "x".repeat(60)];

let tapped;
let came = 0; // who are told of by other means than a tap

const school = await openSchool({ people: 60, named: { 3: long } });
const gate = await school.addGate();
const cookie = await school.signIn();
const setting = await school.ask(cookie, "/api/admin/settings/departures", "PUT", {
  value: "on",
});
assert.equal(setting.status, 200, JSON.stringify(setting.body));
const named = await school.ask(cookie, "/api/admin/settings/school.name", "PUT", {
  value: "San Isidro National High School",
});
assert.equal(named.status, 200, JSON.stringify(named.body));
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
  await page.getByText("San Isidro National High School").waitFor();
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
});

// A portrait, drawn and encoded by the browser.
const portrait = async (hue) => {
  const url = await page.evaluate((hue) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 240, height: 240 });
    const draw = canvas.getContext("2d");
    const disc = (fill, x, y, r) => {
      draw.fillStyle = fill;
      draw.beginPath();
      draw.arc(x, y, r, 0, 7);
      draw.fill();
    };
    draw.fillStyle = `hsl(${hue} 45% 80%)`;
    draw.fillRect(0, 0, 240, 240);
    disc(`hsl(${hue} 50% 35%)`, 120, 260, 100);
    disc("#2b1d16", 120, 98, 62);
    disc("#b07a55", 120, 110, 55);
    return canvas.toDataURL("image/jpeg", 0.9);
  }, hue);
  return Buffer.from(url.split(",")[1], "base64");
};

test("photos of live arrivals are shown on the wall and on Today", async () => {
  // Of the newest's time, for the wall has the last eight alone.
  const first = (await records()).reduce((a, b) => (a.time > b.time ? a : b));
  const seen = [];
  for (let n = 0; n < 4; ++n) {
    const photo = `T${n}_portrait.jpg`;
    await gate.sendPhoto(school.url, photo, await portrait(70 * n));
    const id = card(40 + n);
    const who = { nfc_id: id, card: id, person: id, name: `First${40 + n} Last${40 + n}` };
    const tap = `gate-1.00ff00ff.${40 + n}`;
    const record = { ...first, ...who, tap, photo, _id: undefined, taps: undefined };
    await gate.send(school.url, "/api/terminal/records", `${JSON.stringify(record)}\n`);
    seen.push(by("arrival", `[data-tap="${tap}"] img.face`));
    ++came;
  }
  const drawn = (selector) =>
    page.waitForFunction((each) => document.querySelector(each)?.naturalWidth > 0, selector);
  for (const each of seen) await drawn(each);
  await browser.show("wall", "dark", seen[0]);
  await browser.picture("wall", "wall");
  await page.goto(school.url);
  for (const each of seen) await drawn(each);
  for (const view of ["phone", "desk"]) {
    await browser.show(view, "light", seen[0]);
    assert.equal(await browser.scrollsSideways(), false);
    await browser.picture("today", view);
  }
  await page.goto(`${school.url}/wall`);
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
  assert.equal((await cards()).length, 60 - tapped - came);
  await gate.tap(card(tapped));
  await until(async () => !(await cards()).includes(card(tapped)), "not missing any more");
  ++tapped;
  assert.equal((await cards()).length, 60 - tapped - came);
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
  assert.match(words, new RegExp(`${tapped + came} people so far; on \\w+ it was 30 by`));
  await page.waitForSelector(by("presence-missing"));
  await browser.looksWell("today-departures", ".line-before");
});

test("nothing was asked of anybody else, and nothing complained", () =>
  browser.wellBehaved(cutOff));
