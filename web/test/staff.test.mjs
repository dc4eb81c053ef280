// What staff do, in a real browser: marking days, and looking at what waits for their judgement. By
// itself it starts the mock server. With TAMTAP_URL, TAMTAP_USER and TAMTAP_PASSWORD, an
// administrator's, it uses that server, where today one tap must be unsure and one refused, by a gate
// that will have it stored when it tries again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";

const real = process.env.TAMTAP_URL;
const { startMock } = real ? {} : await import("../dev/mock_server.mjs");
const mock = real ? null : await startMock({ students: 40, until: 6.8 * 3600 });
const url = (real ?? mock.url).replace(/\/$/, "");
const user = real ? process.env.TAMTAP_USER : mock.user;
const password = real ? process.env.TAMTAP_PASSWORD : mock.password;

const phone = { width: 390, height: 844 };
const laptop = { width: 1280, height: 900 };
const looks = [
  ["phone-light", phone, "light"],
  ["laptop-dark", laptop, "dark"],
];
const pictured = [
  ["phone-dark", phone, "dark"],
  ["laptop-light", laptop, "light"],
];

let browser;
let page;

before(async () => {
  assert.ok(user && password, "TAMTAP_URL needs TAMTAP_USER and TAMTAP_PASSWORD beside it");
  mock?.tapUnsure();
  mock?.quarantine("main-gate");
  browser = await openBrowser(url);
  page = browser.page;
  page.setDefaultTimeout(8_000);
  await page.goto(url);
  await page.fill('input[name="username"]', user);
  await page.fill('input[name="password"]', password);
  await page.click('button[type="submit"]');
  await page.waitForSelector('[data-testid="live-state"][data-state="live"]');
});

after(async () => {
  await browser?.close();
  await mock?.close();
});

const by = (id, more = "") => `[data-testid="${id}"]${more}`;
const go = (words) => page.click(`nav a:has-text("${words}")`);
const pressed = (row, status) => row.locator(by(`mark-${status}`, '[aria-pressed="true"]'));

const recordOf = async (card, day = "") => {
  const path = `/api/attendance${day && `/${day}`}`;
  const { records } = await page.evaluate((from) => fetch(from).then((a) => a.json()), path);
  return records.find((each) => each.nfc_id === card);
};

async function show(viewport, colorScheme, row) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.waitForSelector(`html[data-theme="${colorScheme}"]`);
  await page.waitForSelector(row);
  // Colours that are still changing have a contrast of their own.
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().map((each) => each.finished)),
  );
}

async function looksWell(name, row) {
  for (const [look, viewport, colorScheme] of looks) {
    await show(viewport, colorScheme, row);
    await browser.picture(`${name}-${look}`);
    assert.deepEqual(await browser.barriers(), []);
    assert.equal(await browser.scrollsSideways(), false);
  }
  for (const width of [320, 820]) {
    await page.setViewportSize({ width, height: 900 });
    assert.equal(await browser.scrollsSideways(), false, `${width} px`);
  }
  for (const [look, viewport, colorScheme] of process.env.TAMTAP_SCREENSHOTS ? pictured : []) {
    await show(viewport, colorScheme, row);
    await browser.picture(`${name}-${look}`);
  }
}

test("a student without a tap is excused by the keyboard, and the store has it", async () => {
  await go("Students");
  await page.click("text=/^Without a tap/");
  await page.waitForSelector(by("student"));
  const card = await page.locator(by("student")).first().getAttribute("data-card");
  const row = page.locator(by("student", `[data-card="${card}"]`));
  await row.locator(by("mark-excused")).focus();
  await page.keyboard.press("Enter");
  await pressed(row, "excused").waitFor();
  assert.match(await row.textContent(), /Excused/);
  const focused = await page.evaluate(() => document.activeElement.dataset.testid);
  assert.equal(focused, "mark-excused", "the focus stays where it was");
  const record = await recordOf(card);
  assert.deepEqual([record.status, record.terminal], ["excused", "staff"]);
});

test("the newest mark counts, after a reload too", async () => {
  const row = page.locator(by("student")).first();
  const card = await row.getAttribute("data-card");
  await row.locator(by("mark-absent")).click();
  await pressed(row, "absent").waitFor();
  await row.getByText("Marked absent").waitFor();
  assert.equal((await recordOf(card)).status, "absent");
  await row.locator(by("mark-excused")).click();
  await pressed(row, "excused").waitFor();
  await page.reload();
  const again = page.locator(by("student", `[data-card="${card}"]`));
  await pressed(again, "excused").waitFor();
  assert.equal((await recordOf(card)).status, "excused");
});

test("a mark that fails is said in words, and can be made again", async () => {
  const row = page.locator(by("student", `:has(${by("mark-absent", '[aria-pressed="false"]')})`));
  const card = await row.nth(1).getAttribute("data-card");
  const one = page.locator(by("student", `[data-card="${card}"]`));
  await page.route("**/marks", (route) =>
    route.fulfill({ status: 409, json: { success: false, error: "no room for it" } }),
  );
  await one.locator(by("mark-absent")).click();
  await one.getByText("Not marked. No room for it.").waitFor();
  await page.unroute("**/marks");
  await looksWell("students", by("student", ":has(.error:not(:empty))"));
  await one.locator(by("mark-absent")).click();
  await pressed(one, "absent").waitFor();
  assert.equal(await one.locator(".error:not(:empty)").count(), 0);
});

test("a student who did not come on a past day is marked there", async () => {
  await go("Past days");
  const today = await page.getAttribute('input[type="date"][max]:not([max=""])', "max");
  const date = new Date(`${today}T00:00:00Z`);
  do date.setUTCDate(date.getUTCDate() - 1);
  while ([0, 6].includes(date.getUTCDay())); // a weekend has nobody to mark
  const day = date.toISOString().slice(0, 10);
  await page.goto(`${url}/days/${day}`);
  const card = await page.locator(by("no-record")).first().getAttribute("data-card");
  const row = page.locator(by("no-record", `[data-card="${card}"]`));
  await row.locator(by("mark-excused")).click();
  await pressed(row, "excused").waitFor();
  if (real) assert.equal((await recordOf(card, day)).status, "excused");
  await looksWell("past-day", by("no-record"));
});

test("what waits for staff is counted beside its page, and shown there", async () => {
  await page.waitForSelector(by("to-check-count", ':text-is("2")'));
  await go("To check");
  const unsure = page.locator(by("unsure-tap"));
  assert.match(await unsure.textContent(), /Time unsure.*\d\d:\d\d\?/);
  const refused = page.locator(by("refused-tap"));
  assert.equal(await refused.getAttribute("data-requeued"), "false");
  assert.match(await refused.textContent(), /[a-z]{4}/);
  await looksWell("to-check", by("refused-tap"));
});

test("a refused tap is tried again, and leaves when the store has it", async () => {
  const refused = page.locator(by("refused-tap"));
  const tap = await refused.getAttribute("data-tap");
  await refused.getByRole("button", { name: /^Try again/ }).press("Enter");
  if (mock) {
    await refused.getByText("Asked, waiting for the gate").waitFor();
    await looksWell("to-check-asked", by("refused-tap", '[data-requeued="true"]'));
    mock.settle(false);
    await page.waitForSelector(by("refused-tap", '[data-requeued="false"]'));
    await page.getByRole("button", { name: /^Try all again/ }).click();
    await refused.getByText("Asked, waiting for the gate").waitFor();
    mock.settle(true);
  }
  await page.getByText("no gate has a tap that was refused").waitFor();
  await page.waitForSelector(by("to-check-count", ':text-is("1")'));
  if (mock) return;
  const { records } = await page.evaluate(() => fetch("/api/attendance").then((a) => a.json()));
  assert.ok(records.some((each) => each.tap === tap));
});

test("an unsure time that is accepted leaves the list", async () => {
  const unsure = page.locator(by("unsure-tap"));
  const tap = await unsure.getAttribute("data-tap");
  await unsure.getByRole("button", { name: /^Accept/ }).press("Enter");
  await unsure.waitFor({ state: "detached" });
  await page.getByText("the time of every tap of the last month is known").waitFor();
  if (mock) return;
  const { records } = await page.evaluate(() => fetch("/api/attendance").then((a) => a.json()));
  assert.ok(records.some((each) => each.tap === tap && each.clock === "unsure"));
});

if (mock) {
  test("who is no administrator sees no button, and who can help", async () => {
    mock.quarantine("north-gate");
    mock.account.role_type = "teacher";
    await page.reload();
    await page.getByText("An administrator can let the gate try again").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Try/ }).count(), 0);
    mock.account.role_type = "admin";
  });

  test("a tap is shown instead of the mark, whichever came first", async () => {
    await go("Students");
    await page.click("text=/^Without a tap/");
    const row = page.locator(by("student")).first();
    const card = await row.getAttribute("data-card");
    await row.locator(by("mark-absent")).click();
    await pressed(row, "absent").waitFor();
    mock.tapOf(card);
    await page.waitForSelector(by("student", `[data-card="${card}"]`), { state: "detached" });
    await page.click("text=/^Everyone/");
    const came = page.locator(by("student", `[data-card="${card}"]`));
    await came.getByText("On time").waitFor();
    assert.equal(await came.locator(by("mark-absent")).count(), 0);
  });

  test("when nothing waits, the page says so", async () => {
    for (const each of mock.quarantined) each.requeued = true;
    mock.settle(true);
    await go("To check");
    await page.getByText("the time of every tap of the last month is known").waitFor();
    await page.waitForSelector(by("to-check-count"), { state: "detached" });
    await looksWell("to-check-empty", "h1");
  });
}

test("nothing complained", () => {
  assert.deepEqual(browser.strangers, []);
  assert.deepEqual(
    browser.complaints.filter((each) => !/status of 409/.test(each)),
    [],
  );
});
