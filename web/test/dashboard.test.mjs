// The dashboard in a real browser, against the server that TAMTAP_URL names. Somebody must be
// tapping there meanwhile: the test waits for an arrival to appear by itself.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

const { TAMTAP_URL: url, TAMTAP_USER: user, TAMTAP_PASSWORD: password } = process.env;
const pictures = process.env.TAMTAP_SCREENSHOTS;

let browser;
let page;
const complaints = [];
const strangers = [];

before(async () => {
  assert.ok(url && user && password, "set TAMTAP_URL, TAMTAP_USER and TAMTAP_PASSWORD");
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  // Being asked who we are, and not knowing yet, is no fault.
  page.on("console", (message) => {
    const expected = message.text().includes("401");
    if (message.type() === "error" && !expected) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const to = request.url();
    const ours = to.startsWith(url) || to.startsWith(url.replace("http", "ws"));
    if (!ours && !to.startsWith("data:")) strangers.push(to);
  });
});

after(() => browser?.close());

async function picture(name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png` });
}

const arrivals = () => page.locator('[data-testid="arrival"]').count();

test("a wrong password is said, the right one opens the dashboard", async () => {
  await page.goto(url);
  await page.waitForSelector('[data-testid="login-form"]');
  await picture("sign-in");
  await page.fill('input[name="username"]', user);
  await page.fill('input[name="password"]', "not the password");
  await page.click('button[type="submit"]');
  await page.waitForSelector(".error:not(:empty)");
  await page.fill('input[name="password"]', password);
  await page.click('button[type="submit"]');
  await page.waitForSelector('[data-testid="live-state"][data-state="live"]');
});

test("an arrival appears without a reload, once, and is counted", async () => {
  await page.waitForSelector('[data-testid="arrival"]', { timeout: 30_000 });
  await page.evaluate(() => (window.notReloaded = true));
  const before = await arrivals();
  await page.waitForFunction(
    (n) => document.querySelectorAll('[data-testid="arrival"]').length > n,
    before,
    { timeout: 60_000 },
  );
  assert.equal(await page.evaluate(() => window.notReloaded), true);
  const taps = await page
    .locator('[data-testid="arrival"]')
    .evaluateAll((rows) => rows.map((row) => row.dataset.tap));
  assert.equal(new Set(taps).size, taps.length);
  const [on, late] = await Promise.all(
    ["on-time", "late"].map((id) => page.textContent(`[data-testid="count-${id}"]`)),
  );
  assert.equal(Number(await page.textContent('[data-testid="count-present"]')), +on + +late);
});

test("gates and sections are shown", async () => {
  await page.waitForSelector('[data-testid="terminal"]', { timeout: 20_000 });
  assert.ok((await page.locator('[data-testid="sections"] li').count()) > 0);
});

test("it is accessible in light and dark, on a phone and on a wall", async () => {
  for (const [name, size, scheme, place] of [
    ["phone", { width: 390, height: 844 }, "light", ""],
    ["laptop", { width: 1280, height: 900 }, "light", ""],
    ["laptop-dark", { width: 1280, height: 900 }, "dark", ""],
    ["wall", { width: 1920, height: 1080 }, "dark", "/?wall"],
  ]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.goto(url + place);
    await page.waitForSelector('[data-testid="arrival"]');
    await picture(name);
    const found = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      found.violations.map((each) => `${name}: ${each.id}: ${each.nodes[0].html}`),
      [],
    );
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    assert.equal(wide, false, `${name} scrolls sideways`);
  }
});

test("students and past days are found", async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(url);
  await page.click("nav button:has-text('Students')");
  await page.waitForSelector("tbody tr");
  await picture("students");
  await page.click("nav button:has-text('Past days')");
  await page.waitForSelector('.list [data-testid="arrival"]');
});

test("nothing was asked of anybody else, and nothing complained", () => {
  assert.deepEqual(strangers, []);
  assert.deepEqual(complaints, []);
});
