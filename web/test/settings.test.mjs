// Settings: what the school decides holds, is shown at once, and is taken back if it is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, openBrowser } from "./browser.mjs";
import { until } from "./school.mjs";

const school = await openSchool({ people: 4 });
const cookie = await school.signIn();
const { browser, page } = await openAt(school);

const setting = (key) => page.locator(by("setting", `[data-key="${key}"]`));
const valueOf = async (key) =>
  (await school.ask(cookie, `/api/admin/settings/${key}`)).body.data.text;
const holds = (key, value) =>
  until(async () => (await valueOf(key)) === value, `the server has ${key} as ${value}`);

test("every setting of the server is there", async () => {
  await page.getByRole("link", { name: "Settings" }).click();
  await setting("timezone").waitFor({ timeout: 60_000 });
  const { body } = await school.ask(cookie, "/api/admin/settings");
  for (const { key } of body.settings) assert.equal(await setting(key).count(), 1, key);
  await browser.looksWell("settings", by("setting"));
});

test("a switch holds at once", async () => {
  await setting("departures").locator(".switch").click();
  await page.getByText("Saved; it holds from now on.").waitFor();
  await holds("departures", "on");
  assert.equal(await setting("departures").getByText("Not changed yet.").count(), 0);
});

test("a number is saved by the keyboard, and one that does not fit is said in a sentence", async () => {
  const grace = setting("grace_period_minutes").getByLabel("Grace").last();
  await grace.fill("25");
  await grace.press("Enter");
  await holds("grace_period_minutes", "25");
  await grace.fill("soon");
  await grace.press("Enter");
  await setting("grace_period_minutes")
    .getByText(/a whole number from 0 to 1440/)
    .waitFor();
  assert.equal(await valueOf("grace_period_minutes"), "25");
  await setting("grace_period_minutes").getByRole("button", { name: "Cancel" }).click();
  assert.equal(await grace.inputValue(), "25");
});

test("a gate's text is shown as its display shows it, and what is too long is not saved", async () => {
  const idle = setting("texts.idle");
  const cells = () => idle.locator(".lcd-line").allTextContents();
  assert.deepEqual(await cells(), ["WAITING FOR     ", "TAMARAW...      "]);
  await idle.getByLabel("First line").fill("A LINE THAT IS TOO LONG");
  await idle.getByText("A line has at most 16 characters.").waitFor();
  await idle.getByLabel("First line").fill("TAP YOUR CARD");
  await idle.getByLabel("Second line").fill("Niño’s school");
  assert.deepEqual(await cells(), ["TAP YOUR CARD   ", "Niño’s school   "]);
  await idle.getByRole("button", { name: "Save" }).click();
  await holds("texts.idle", "TAP YOUR CARD/Niño’s school");
});

test("the school's name stands on the pages, and in the notice that everybody may read", async () => {
  const name = "“Niño” & <b>Sons</b> مدرسة 🦬 " + "x".repeat(40);
  const field = setting("school.name").getByLabel("Name of the school").last();
  await field.fill(name);
  await field.press("Enter");
  await holds("school.name", name);
  await page.getByRole("link", { name: "Today", exact: true }).click();
  await page.locator(".brand-school").getByText(name).waitFor();
  await page.waitForFunction((name) => document.title === `Today · ${name}`, name);
  await browser.fits("the name sticks out");
  const stranger = await openBrowser(school.url);
  try {
    await stranger.page.goto(school.url);
    await stranger.page.locator(".sign-in-school").getByText(name).waitFor();
    await stranger.fits("the name sticks out where staff sign in");
    await stranger.page.getByRole("link", { name: "What is kept about people" }).click();
    await stranger.page.getByText(name).waitFor();
    await stranger.looksWell("privacy", by("privacy-part"));
    await stranger.page.getByLabel("Language").selectOption("fil");
    await stranger.page.getByRole("heading", { name: "Saan itinatago" }).waitFor();
    stranger.wellBehaved();
  } finally {
    await stranger.close();
  }
  await page.goto(`${school.url}/settings`);
});

test("the time zone is one of the world's", async () => {
  const zone = setting("timezone").getByRole("combobox");
  const tokyo = page.getByRole("option", { name: "Asia/Tokyo" });
  // The answer to what was saved before may come just now, and close the list.
  for (let times = 0; times < 5 && !(await tokyo.isVisible()); ++times) {
    await zone.fill("");
    await zone.fill("Tokyo");
    await tokyo.waitFor({ timeout: 2_000 }).catch(() => {});
  }
  await tokyo.click();
  await setting("timezone").getByRole("button", { name: "Save" }).click();
  await holds("timezone", "Asia/Tokyo");
});

test("a change that the server does not take is taken back, and said", async () => {
  const refuse = (route) =>
    route.request().method() === "PUT"
      ? route.fulfill({
          status: 503,
          contentType: "application/problem+json",
          body: JSON.stringify({ error: "the store is away" }),
        })
      : route.continue();
  await page.route("**/api/admin/settings/*", refuse);
  const camera = setting("camera.enabled");
  await camera.locator(".switch").click();
  await camera.getByText("The store is away.").waitFor();
  assert.equal(await camera.getByRole("switch").isChecked(), true);
  await page.unroute("**/api/admin/settings/*");
});

test("everything is there in Filipino, too", async () => {
  await page.selectOption(".language select", "fil");
  await page.getByText("Itala ang pag-uwi").waitFor();
  await page.selectOption(".language select", "en");
});

test("nobody but administrators finds the page", async () => {
  for (const who of ["adviser", "teacher"]) {
    await page.context().clearCookies();
    await page.goto(`${school.url}/settings`);
    await browser.signIn(who);
    await page.getByText("There is no such page").waitFor();
    assert.equal(await page.getByRole("link", { name: "Settings" }).count(), 0);
  }
});

test("nothing complained", () => browser.wellBehaved(/status of 400/));
