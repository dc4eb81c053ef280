// Today and what stands around every page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, cutOff } from "./browser.mjs";
import { card, pause, schoolDay, until } from "./school.mjs";

const evil = ["<script>window.evil=1</script>", "<img src=x onerror=window.evil=1>"];

let next = 0; // the next person who has not tapped

const school = await openSchool({ people: 60, named: { 50: evil } });
const gate = await school.addGate();
await school.addGate("north-gate");
for (; next < 8; ++next) assert.equal((await gate.tap(card(next))).verdict, "accepted");
await gate.tap("DEADBEEF");
const cookie = await school.signIn();
const named = "San Isidro National High School";
await school.ask(cookie, "/api/admin/settings/school.name", "PUT", { value: named });
const { browser, page } = await openAt(school, "/", { as: null });

const row = (tap) => by("arrival", `[data-tap="${tap}"]`);
const records = async () => (await school.ask(cookie, "/api/attendance")).body.records;
const shown = (id, value) =>
  page.waitForFunction(
    ([name, wanted]) => document.querySelector(name)?.textContent === String(wanted),
    [by(id), value],
  );
// As a gate tells of an arrival, before it sends it to the store.
const tell = async (n, more = {}) => {
  const [pattern] = await records();
  const who = { nfc_id: card(n), card: card(n), person: card(n), name: `First${n} Last${n}` };
  const tap = more.tap ?? `gate-1.00ff00ff.${n + 1}`;
  const record = { ...pattern, ...who, tap, taps: undefined, _id: undefined, ...more };
  await gate.send(school.url, "/api/hardware/attendance", JSON.stringify(record));
  return tap;
};

test("the sign-in page is accessible, and a wrong password is said", async () => {
  await page.goto(school.url);
  await page.locator(".sign-in-school").getByText(named).waitFor();
  await browser.looksWell("sign-in", by("login-form"));
  await page.fill('input[name="username"]', "head");
  await page.fill('input[name="password"]', "not the password");
  await page.click('button[type="submit"]');
  await page.waitForSelector(`${by("login-error")}:not(:empty)`);
  await browser.signIn();
});

test("an arrival appears without a reload, once, and is counted", async () => {
  await page.waitForSelector(by("arrival"));
  await shown("count-present", next);
  await page.evaluate(() => (window.notReloaded = true));
  const { tap } = await gate.tap(card(next++));
  await page.waitForSelector(row(tap));
  await shown("count-present", next);
  assert.equal(await page.evaluate(() => window.notReloaded), true);
  const taps = await page
    .locator(by("arrival"))
    .evaluateAll((rows) => rows.map((each) => each.dataset.tap));
  assert.equal(taps[0], tap);
  assert.equal(new Set(taps).size, taps.length);
  const late = await browser.number("count-late");
  assert.equal((await browser.number("count-on-time")) + late, next);
  assert.equal(await browser.number("count-total"), 60);
});

test("gates and sections are shown", async () => {
  await page.waitForSelector(by("terminal", '[data-name="north-gate"][data-online="true"]'));
  assert.equal(await page.locator(`${by("sections")} li`).count(), 2);
});

test("choosing a section shows its arrivals only", async () => {
  await page.selectOption(by("section-filter"), "Narra");
  const pressed = page.locator(`${by("sections")} [aria-pressed="true"]`);
  assert.equal(await pressed.count(), 1);
  const places = await page.locator(`${by("arrival")} small`).allTextContents();
  assert.ok(places.length > 0 && places.every((each) => each.startsWith("Narra")));
  await pressed.click();
  assert.equal(await page.inputValue(by("section-filter")), "");
});

test("Today is accessible in every view, and nothing sticks out", async () => {
  await page.waitForSelector(".plot svg");
  await browser.looksWell("today", by("arrival"));
});

test("people and past days are found, by link and by address", async () => {
  await page.goto(`${school.url}/days`);
  await browser.looksWell("past-days", "h1");
  await page.goto(`${school.url}/students`); // its address of before
  await page.waitForURL("**/people");
  await browser.looksWell("people", by("student"));
  await page.fill('input[type="search"]', card(5).toLowerCase());
  await page.waitForFunction(
    ([rows, wanted]) => {
      const found = [...document.querySelectorAll(rows)];
      return found.length === 1 && found[0].dataset.id === wanted;
    },
    [by("student"), card(5)],
  );
  await page.click("nav a:has-text('Past days')");
  await page.waitForSelector('input[type="date"]');
  await page.goBack();
  await page.waitForSelector(by("student"));
  await page.click("nav a:has-text('Today')");
  await page.waitForSelector(by("arrivals"));
});

test("light and dark are chosen by a button, and the choice is kept", async () => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(school.url);
  await page.click('button[aria-label="Dark colours"]');
  await page.waitForSelector('html[data-theme="dark"]');
  await page.reload();
  await page.waitForSelector('html[data-theme="dark"]');
  await page.click('button[aria-label="Light colours"]');
  await page.waitForSelector('html[data-theme="light"]');
});

test("the same event told three times counts once", async () => {
  await browser.live("live");
  const { tap } = await gate.tap(card(next++));
  await page.waitForSelector(row(tap));
  const [record] = (await records()).filter((each) => each.tap === tap);
  for (let i = 0; i < 3; ++i) {
    await gate.send(school.url, "/api/hardware/attendance", JSON.stringify(record));
  }
  await pause(500);
  await shown("count-present", next);
  assert.equal(await page.locator(row(tap)).count(), 1);
});

test("an arrival dated tomorrow empties nothing", async () => {
  const before = await page.locator(by("arrival")).count();
  const day = schoolDay(1);
  const [{ time, tapped_at, tapped_at_us }] = await records();
  const then = tapped_at.replace(schoolDay(), day);
  await tell(next, {
    day,
    date: `${day} ${time}`,
    tapped_at: then,
    tapped_at_us: tapped_at_us + 86_400_000_000,
  });
  await pause(1500);
  assert.equal(await page.locator(by("arrival")).count(), before);
  await shown("count-present", next);
});

test("a name is text, whatever it holds", async () => {
  const { tap } = await gate.tap(card(50));
  const arrival = page.locator(row(tap));
  await arrival.waitFor();
  assert.equal(await arrival.locator("strong").textContent(), evil.join(" "));
  const refusal = { nfc_id: "0BADCA4D", name: evil.join(" "), reason: evil[0] };
  await gate.send(school.url, "/api/hardware/fail", JSON.stringify(refusal));
  await page.waitForSelector(by("refusal", '[data-card="0BADCA4D"]'));
  assert.equal(await page.evaluate(() => window.evil), undefined);
});

test("a photo that is not there gives way to initials", async () => {
  const tap = await tell(51, { photo: "nobody.jpg" });
  await page.waitForSelector(`${row(tap)} span.face`);
});

test("a refusal is said in words", async () => {
  assert.equal((await gate.tap("CAFEBABE")).verdict, "refused");
  const refusal = page.locator(by("refusal", '[data-card="CAFEBABE"]')).first();
  await refusal.waitFor();
  assert.match(await refusal.textContent(), /Card not registered/);
});

test("an arrival that the store does not have yet stays through a reload of the lists", async () => {
  const tap = await tell(52);
  await page.waitForSelector(row(tap));
  const asked = page.waitForResponse(/\/api\/attendance$/);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await asked;
  await pause(300);
  assert.equal(await page.locator(row(tap)).count(), 1);
});

test("a lost connection is said, and nothing that happened meanwhile is missed", async () => {
  await school.stop();
  await browser.live("lost");
  await page.waitForSelector(by("live-lost"));
  assert.match(await page.textContent(by("live-lost")), /still being recorded at the gates/);
  assert.deepEqual(await browser.barriers(), []);
  const missed = [await gate.tap(card(next++)), await gate.tap(card(next++))];
  await school.run();
  await browser.live("live");
  for (const { tap } of missed) await page.waitForSelector(row(tap));
  await page.waitForSelector(by("live-lost"), { state: "detached" });
});

test("a gate that falls silent is said", async () => {
  await gate.stop();
  const silent = by("terminal", '[data-name="gate-1"][data-online="false"]');
  await page.waitForSelector(silent);
  await gate.run();
  const back = by("terminal", '[data-name="gate-1"][data-online="true"]');
  await page.waitForSelector(back);
});

test("the language is chosen, and kept", async () => {
  await page.selectOption(".top .language select", "fil");
  await page.waitForSelector("html[lang=fil]");
  await page.waitForSelector("nav a:has-text('Ngayon')");
  await page.reload();
  await page.waitForSelector("nav a:has-text('Ngayon')");
  assert.deepEqual(await browser.barriers(), []);
  await page.selectOption(".top .language select", "en");
  await page.waitForSelector("nav a:has-text('Today')");
});

test("a session that has ended leads back to the sign-in page", async () => {
  const mine = await browser.context.cookies();
  const cookies = mine.map((each) => `${each.name}=${each.value}`).join("; ");
  await school.ask(cookies, "/api/auth/logout", "POST", {});
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await browser.signIn();
});

test("nothing was asked of anybody else, and nothing complained", () =>
  browser.wellBehaved(cutOff));

test("signing out leads to the sign-in page and stays there", async () => {
  await page.click('button[aria-label^="Sign out"]');
  await page.waitForSelector(by("login-form"));
  await page.reload();
  await page.waitForSelector(by("login-form"));
  await until(async () => (await page.locator(by("arrival")).count()) === 0, "nothing is left");
});
