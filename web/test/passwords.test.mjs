// The first administrator, by the link that a server prints once, and a password that somebody else
// has set, on a server of which nothing is known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, cutOff } from "./browser.mjs";
import { password, until } from "./school.mjs";

const printed = () => /http\S+\/setup#[0-9a-f]{64}/.exec(school.output.join("\n"))?.[0];

const school = await openSchool({ empty: true });
const link = await until(printed, "the link is printed");
const { browser, page } = await openAt(school, "/", { as: null });

test("whoever has the link makes the first administrator and is signed in", async () => {
  await page.goto(link);
  await page.fill('input[name="username"]', "head");
  await page.fill('input[name="password"]', password);
  await page.fill('input[name="again"]', "another");
  await page.click('button[type="submit"]');
  await page.waitForFunction(
    (error) => document.querySelector(error)?.textContent?.includes("not the same"),
    by("password-error"),
  );
  await browser.looksWell("first-admin", by("password-form"));
  await page.fill('input[name="again"]', password);
  await page.click('button[type="submit"]');
  await page.waitForSelector(by("live-state"));
  assert.ok(!page.url().includes("setup"), "the token leaves the address");
});

test("who was given a password sets another before anything else", async () => {
  const cookie = await school.signIn();
  const made = { username: "ana", sections_handled: [] };
  const added = await school.ask(cookie, "/api/admin/teachers", "POST", made);
  const given = added.body.password;
  assert.ok(given);
  await page.context().clearCookies();
  await page.goto(school.url);
  await page.fill('input[name="username"]', "ana");
  await page.fill('input[name="password"]', given);
  await page.click('button[type="submit"]');
  await page.waitForSelector(by("password-form"));
  await browser.looksWell("set-password", by("password-form"));
  await page.fill('input[name="current"]', given);
  await page.fill('input[name="password"]', password);
  await page.fill('input[name="again"]', password);
  await page.click('button[type="submit"]');
  await page.waitForSelector(by("live-state"));
});

test("the link is good for nothing any more, and the next start prints none", async () => {
  const token = link.split("#")[1];
  const again = { token, username: "eve", password: "correct horse 8" };
  assert.equal((await school.ask("", "/api/auth/first-admin", "POST", again)).status, 401);
  await school.stop();
  // Without the server's word a session goes on, so nobody is shown that they are out.
  await page.getByRole("button", { name: /^Sign out/ }).click();
  await page.locator(by("toast")).filter({ hasText: "cannot be reached" }).first().waitFor();
  assert.equal(await page.locator('input[name="username"]').count(), 0);
  await school.run();
  assert.equal(printed(), undefined);
});

test("nothing was complained of, and nobody else was asked", () => browser.wellBehaved(cutOff));
