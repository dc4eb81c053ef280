// What a school asks of whoever sits down at the pages for the first time: six tasks, on a desk and on a
// phone, each begun on Today, by nothing but what is to be seen there. Presses are counted, fields that
// are filled in, too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, views } from "./browser.mjs";
import { card, pause, schoolDay, until } from "./school.mjs";

const school = await openSchool({ people: 40 });
const cookie = await school.signIn();
const front = await school.addGate("front");
const back = await school.addGate("back");
await front.tap(card(38));
await back.tap(card(39));
await back.stop("SIGKILL"); // somebody has pulled its plug
const yesterday = schoolDay(-1);
const here = Array.from({ length: 10 }, (_, n) => card(n));
const told = { status: "on_time", nfc_ids: here };
await school.ask(cookie, `/api/attendance/${yesterday}/marks`, "POST", told);

const weekday = (day) => new Date(`${day}T00:00:00Z`).getUTCDay();
const mondays = Array.from({ length: 14 }, (_, n) => schoolDay(n + 1)).filter(
  (day) => weekday(day) === 1,
);

const devices = [
  {
    view: "desk",
    section: "Narra",
    lost: 20,
    newCard: "0A0B0C01",
    first: "Ana",
    monday: mondays[0],
  },
  {
    view: "phone",
    section: "Molave",
    lost: 21,
    newCard: "0A0B0C02",
    first: "Ben",
    monday: mondays[1],
    device: { viewport: views.phone, hasTouch: true, isMobile: true },
  },
];

// What has just opened stands where it will stay.
const settled = (page) =>
  page.evaluate(() => Promise.allSettled(document.getAnimations().map((each) => each.finished)));

// What has just opened over a dialog takes no press before it is part of it, and goes when the page is
// scrolled, as Playwright does meanwhile.
const isOnTop = (element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
};

for (const each of devices) {
  const device = { reducedMotion: "reduce", ...each.device };
  each.opened = await openAt(school, "/", { device });
  await each.opened.page.addInitScript(() => (window.print = () => (window.printed_ = true)));
}

for (const { view, section, lost, newCard, first, monday, opened } of devices) {
  const { browser, page } = opened;
  const dialog = page.getByRole("dialog");
  let presses = 0;
  let fields = 0;
  const press = async (what) => {
    ++presses;
    await what.waitFor();
    await settled(page);
    await (view === "phone" ? what.tap() : what.click());
  };
  const fill = async (what, text) => {
    ++fields;
    await what.fill(text);
  };
  const choose = async (what, value) => {
    ++fields;
    await what.selectOption(value);
  };
  const button = (name, within = page) => within.getByRole("button", { name, exact: true });
  // A page at the thumb or at the side, or else behind "More".
  const go = async (name) => {
    const link = page.locator(".top").getByRole("link", { name, exact: true });
    if (await link.isVisible()) return press(link);
    await press(button("More"));
    await press(dialog.getByRole("link", { name, exact: true }));
  };
  const task = (what, mostPresses, work) =>
    test(`${what}, on a ${view}`, async () => {
      await page.goto(school.url);
      await page.waitForSelector(by("arrival"));
      [presses, fields] = [0, 0];
      const began = Date.now();
      await work();
      const seconds = (Date.now() - began) / 1000;
      console.log(
        `# ${what}, ${view}: ${presses} presses, ${fields} fields, ${seconds.toFixed(1)} s`,
      );
      assert.ok(presses <= mostPresses, `${presses} presses`);
      assert.equal(await browser.scrollsSideways(), false);
    });
  // Holds the card to the gate until the page has heard of it.
  const hold = (id) =>
    until(async () => {
      await front.tap(id);
      await pause(500);
      return dialog.getByText(`front has read the card ${id}.`).isVisible();
    }, "the page shows the card");

  task("a pupil is registered", 5, async () => {
    await go("People");
    await press(button("Add a person"));
    await fill(dialog.getByLabel("First name"), first);
    await fill(dialog.getByLabel("Last name"), "Dalisay");
    await fill(dialog.getByRole("combobox", { name: "Section" }), section.slice(0, 3));
    const offered = page.locator(".menu-item", { hasText: section });
    await until(() => offered.evaluate(isOnTop), "the section is offered");
    await press(offered);
    const id = `0C0C0C0${lost % 10}`;
    await hold(id);
    await press(button("Register", dialog));
    await page.getByRole("heading", { level: 1, name: `${first} Dalisay` }).waitFor();
    const known = await school.ask(cookie, `/api/students/${id}`);
    assert.equal(known.body.data.section, section);
  });

  task("a lost card is replaced", 4, async () => {
    await go("People");
    await fill(page.getByLabel("Search"), `last${lost}`);
    await press(page.locator(by("student", " .table-open")).first());
    await press(button("New card"));
    await hold(newCard);
    await press(button("Give the new card", dialog));
    await dialog.waitFor({ state: "detached" });
    const known = await school.ask(cookie, `/api/students/${newCard}`);
    assert.equal(known.body.data.name, `First${lost} Last${lost}`);
  });

  task("a Monday is declared off", 6, async () => {
    await go("Calendar");
    const cell = page.locator(`[data-day="${monday}"][data-tone]`);
    await page.locator("[data-tone]").first().waitFor();
    if (!(await cell.isVisible())) await press(button("Later"));
    await press(cell);
    await press(button("Suspend classes", page.getByTestId("meaning")));
    await fill(dialog.getByLabel(/^Reason/), "Feast of the town");
    await press(button("Put it in", dialog));
    await page.locator(`[data-day="${monday}"][data-tone="suspension"]`).waitFor();
    const day = await school.ask(cookie, `/api/calendar/status?date=${monday}`);
    assert.equal(day.body.status, "suspension");
  });

  task("a section is excused", 4, async () => {
    await go("Corrections");
    await choose(page.getByTestId("section-filter"), section);
    await press(page.locator(".table thead .checkbox"));
    await press(button("Excuse"));
    await choose(dialog.getByTestId("mark-reason"), "Medical");
    await press(dialog.getByTestId("mark-send"));
    // The last section to be told of leaves nobody at all.
    await page.getByText(/^Nobody (of \w+ is left here|is missing)/).waitFor();
    await until(async () => {
      const { body } = await school.ask(cookie, `/api/attendance/${schoolDay()}`);
      const excused = body.records.filter((each) => each.status === "excused");
      return excused.filter((each) => each.section === section).length >= 19;
    }, "the section is excused");
  });

  task("yesterday's list is printed", 3, async () => {
    await go("Past days");
    await page.getByText("First0 Last0").first().waitFor();
    await press(page.getByRole("link", { name: "Print or download" }));
    await press(button("Print"));
    assert.equal(await page.evaluate(() => window.printed_), true);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    const rows = await page.locator(".sheet tbody tr").allTextContents();
    for (const n of [0, 5]) assert.ok(rows.includes(`First${n} Last${n}On time`), rows.join());
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  });

  task("why a gate is silent is found", 1, async () => {
    await press(page.locator(by("silent", '[data-name="back"] a')));
    const help = page.locator(by("gate", `[data-name="back"] ${by("silent-help")}`));
    await help.waitFor();
    assert.match(await help.textContent(), /check the plug/);
    await page.getByText("Last heard").first().waitFor();
  });

  test(`nothing complained, on a ${view}`, () => browser.wellBehaved());
}
