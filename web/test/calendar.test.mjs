// The school's calendar: suspensions, days without classes of a section, make-up Saturdays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, views } from "./browser.mjs";
import { card, pause, schoolDay, until } from "./school.mjs";

const hostile = '<b>"Typhoon" & O\'Hara</b> مريم 🦬';

const school = await openSchool({ people: 8 });
const gate = await school.addGate();
const cookie = await school.signIn();
const { browser, page } = await openAt(school, "/calendar");

const dialog = () => page.getByRole("dialog");
const done = () => dialog().waitFor({ state: "detached" });
const cell = (day, more = "") => page.locator(`[data-day="${day}"][data-tone]${more}`);
const entry = (words) => page.locator(by("entry"), { hasText: words });
const meaning = () => page.getByTestId("meaning");
const status = async (day, section = "") => {
  const path = `/api/calendar/status?date=${day}&section=${section}`;
  return (await school.ask(cookie, path)).body;
};
const reason = (words) =>
  dialog()
    .getByLabel(/^Reason/)
    .fill(words);
const put = async () => {
  await dialog().getByRole("button", { name: "Put it in" }).click();
  await done();
  await browser.readMessages();
};
// A day of this month, at least two before its end, so that spans stay in it.
const month = schoolDay().slice(0, 7);
const day = (n) => `${month}-${String(n).padStart(2, "0")}`;

test("today means classes, and the taps' rules are said for a section", async () => {
  await meaning().getByText("Class day").waitFor();
  await meaning().getByText("Each section’s own hours").waitFor();
  await page.getByTestId("section-filter").selectOption("Narra");
  await meaning()
    .getByText(/Classes from .* to .*\. A tap up to .* is on time/)
    .waitFor();
  await page.getByTestId("section-filter").selectOption("");
});

test("on a phone, what a day means comes into sight when it is chosen", async () => {
  await page.setViewportSize(views.phone);
  const other = schoolDay() === day(14) ? day(15) : day(14);
  await cell(other).click();
  await meaning()
    .getByText(`${Number(other.slice(8))}, ${other.slice(0, 4)}`)
    .waitFor();
  const inSight = () =>
    meaning()
      .getByRole("button", { name: "No classes for a section" })
      .evaluate((each) => each.getBoundingClientRect().bottom < innerHeight - 70); // the bar's
  await until(inSight, "the day's buttons are in sight", 5_000);
  await page.setViewportSize(views.desk);
});

test("several days at once are suspended, and gates turn cards away on them", async () => {
  await cell(day(10)).click();
  await cell(day(12)).click({ modifiers: ["Shift"] });
  await meaning().getByRole("button", { name: "Suspend classes" }).click();
  await dialog().waitFor();
  await reason(hostile);
  await browser.looksWell("calendar-add", "[role=dialog]");
  await put();
  for (const each of [10, 11, 12]) await cell(day(each), '[data-tone="suspension"]').waitFor();
  assert.equal(await cell(day(13), '[data-tone="suspension"]').count(), 0);
  await entry(hostile).waitFor();
  assert.equal((await status(day(11))).status, "suspension");
  await meaning().getByText("Gates turn the cards away").waitFor();
});

test("declaring today off is known at the gate", async () => {
  await cell(schoolDay()).click();
  await meaning().getByRole("button", { name: "Suspend classes" }).click();
  await reason("Water in the rooms");
  await put();
  await cell(schoolDay(), '[data-tone="suspension"]').waitFor();
  const off = async () => (await gate.tap(card(1))).reason === "NO_CLASSES_TODAY";
  await until(off, "the gate knows that there are no classes");
});

test("an entry is gone at once, is back if the server refuses, and a removal can be undone", async () => {
  await page.route("**/api/calendar/suspension/*", async (route) => {
    await pause(500);
    return route.fulfill({ status: 409, json: { success: false, error: "the store is away" } });
  });
  const remove = () => entry("Water in the rooms").getByRole("button").click();
  await remove();
  await entry("Water in the rooms").waitFor({ state: "detached" });
  await page.getByText("The store is away.").waitFor();
  await browser.readMessages();
  await entry("Water in the rooms").waitFor();
  await page.unroute("**/api/calendar/suspension/*");
  await remove();
  await cell(schoolDay(), '[data-tone="classes"]').waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await cell(schoolDay(), '[data-tone="suspension"]').waitFor();
  await remove();
  await cell(schoolDay(), '[data-tone="classes"]').waitFor();
  await browser.readMessages();
});

test("a section has no classes, and the others do", async () => {
  await cell(day(16)).click();
  await meaning().getByRole("button", { name: "No classes for a section" }).click();
  await page.getByTestId("entry-section").selectOption("Molave");
  await reason("Excursion");
  await put();
  await entry("Excursion").waitFor();
  await meaning().getByText("But Molave has a day of its own: Excursion").waitFor();
  assert.equal((await status(day(16), "Molave")).isInstructional, false);
  assert.equal((await status(day(16), "Narra")).status === "no-class", false);
  await page.getByTestId("section-filter").selectOption("Molave");
  await cell(day(16), '[data-tone="no-class"]').waitFor();
  await page.getByTestId("section-filter").selectOption("");
});

test("a Saturday is made up for, and no other day", async () => {
  let n = 1;
  while (new Date(`${day(n)}T00:00:00Z`).getUTCDay() !== 6) ++n;
  await cell(day(n + 1)).click();
  await meaning().waitFor();
  assert.equal(
    await meaning()
      .getByRole("button", { name: /^Make up/ })
      .count(),
    0,
  );
  await cell(day(n)).click();
  await meaning()
    .getByRole("button", { name: /^Make up/ })
    .click();
  await reason("For the typhoon");
  await put();
  await cell(day(n), '[data-tone="saturday-makeup"]').waitFor();
  assert.equal((await status(day(n))).isInstructional, true);
  await page.evaluate(() => scrollTo(0, 0));
  await browser.looksWell("calendar", '[data-tone="saturday-makeup"]');
});

test("a year is seen at once, and walked by the keyboard", async () => {
  await page.getByText("Year", { exact: true }).click();
  await cell(`${month.slice(0, 4)}-01-15`).waitFor();
  await cell(day(11), '[data-tone="suspension"]').waitFor();
  await browser.looksWell("calendar-year", '[data-tone="suspension"]');
  await cell(day(15)).focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await cell(day(9), '[aria-pressed="true"]').waitFor();
});

test("an administrator makes every Saturday a class day, and takes it back", async () => {
  const on = async () =>
    (await school.ask(cookie, "/api/calendar/saturday-status")).body.saturdayClassesEnabled;
  await page.getByText("Every Saturday has classes").click();
  await until(on, "Saturdays are class days");
  await page.getByText("Every Saturday has classes").click();
  await until(async () => !(await on()), "they are no longer");
});

test("an adviser sees to the days of the own section only", async () => {
  await page.context().clearCookies();
  await page.goto(`${school.url}/calendar`);
  await browser.signIn("adviser");
  await page.getByRole("button", { name: "Put in the calendar" }).click();
  await dialog().waitFor();
  const sections = await page.getByTestId("entry-section").locator("option").allTextContents();
  assert.deepEqual(sections, ["Narra"]);
  await reason("Field trip");
  await put();
  await entry("Field trip").waitFor();
  assert.equal(await entry("Field trip").getByRole("button").count(), 1);
  assert.equal(await entry(hostile).getByRole("button").count(), 0);
  assert.equal(await page.getByText("Every Saturday has classes").count(), 0);
});

test("a teacher reads it, in Filipino too", async () => {
  await page.context().clearCookies();
  await page.goto(`${school.url}/calendar`);
  await browser.signIn("teacher");
  await entry(hostile).waitFor();
  await page.getByLabel("Language").selectOption("fil");
  await page.getByRole("heading", { level: 1, name: "Kalendaryo" }).waitFor();
  await browser.wellBehaved(/status of 409/);
});
