// The first administrator, by the link that a server prints, and a password that somebody else has
// set, in a real browser. It needs a server: TAMTAP_SETUP is the link. tests/e2e/test_passwords.py
// starts one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";

const setup = process.env.TAMTAP_SETUP;
const url = setup && new URL(setup).origin;
const password = "correct horse 7";

let browser;
let page;

before(async () => {
  assert.ok(setup, "TAMTAP_SETUP is the link that the server prints");
  browser = await openBrowser(url);
  page = browser.page;
  page.setDefaultTimeout(15_000);
});

after(() => browser?.close());

const by = (id) => `[data-testid="${id}"]`;

test("whoever has the link makes the first administrator and is signed in", async () => {
  await page.goto(setup);
  await page.fill('input[name="username"]', "head");
  await page.fill('input[name="password"]', password);
  await page.fill('input[name="again"]', "another");
  await page.click('button[type="submit"]');
  await page.waitForFunction(
    (error) => document.querySelector(error)?.textContent?.includes("not the same"),
    by("password-error"),
  );
  assert.deepEqual(await browser.barriers(), []);
  await page.fill('input[name="again"]', password);
  await page.click('button[type="submit"]');
  await page.waitForSelector(by("live-state"));
  assert.ok(!page.url().includes("setup"), "the token leaves the address");
});

test("who was given a password sets another before anything else", async () => {
  const given = await page.evaluate(async () => {
    const post = (path, body) =>
      fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    const added = await post("/api/admin/teachers", { username: "ana", sections_handled: [] });
    return (await added.json()).password;
  });
  assert.ok(given);
  await page.context().clearCookies();
  await page.goto(url);
  await page.fill('input[name="username"]', "ana");
  await page.fill('input[name="password"]', given);
  await page.click('button[type="submit"]');
  await page.waitForSelector(by("password-form"));
  await page.fill('input[name="current"]', given);
  await page.fill('input[name="password"]', password);
  await page.fill('input[name="again"]', password);
  await page.click('button[type="submit"]');
  await page.waitForSelector(by("live-state"));
});

test("nothing was complained of, and nobody else was asked", () => {
  assert.deepEqual(browser.complaints, []);
  assert.deepEqual(browser.strangers, []);
});
