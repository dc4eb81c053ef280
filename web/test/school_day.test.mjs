// A school's first day, as its staff live it: first run, everybody imported, hours, a day off, the rush
// at two gates, a lost card, corrections, and the register of the month held against what was tapped.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { card, clockOf, manilaMinutes, password, schoolDay, until } from "./school.mjs";

const people = 1_200;
const taps = 300;
const names = ["Narra", "Molave", "Yakal", "Ipil", "Kamagong", "Lauan"];
const sections = Array.from({ length: 30 }, (_, n) => `${names[n % 6]} ${7 + Math.floor(n / 6)}`);
const sectionOf = (n) => sections[n % sections.length];
const hostile = new Map([
  [0, ["<img src=x onerror=alert(1)>", 'O\'Hara & "Sons"']],
  [4, ["مريم", "الراشد"]],
  [8, ["Wilhelmina Maximiliana Bartholomea", "Featherstonehaugh-Cholmondeley"]],
  [12, ["Niño 🦬", "Ñúñez, Jr."]],
]);
const nameOf = (n) => hostile.get(n) ?? [`First${n}`, `Last${n}`];
// Classes begin soon in one half of the sections, and have begun in the other.
const startOf = (section) => began + (sections.indexOf(section) % 2 === 0 ? 30 : -40);
const began = manilaMinutes();
// Another day of this month.
const dayOff = schoolDay(Number(schoolDay().slice(8)) > 1 ? -1 : 1);
const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
const file = (name, lines) => ({
  name,
  mimeType: "text/csv",
  buffer: Buffer.from(`${lines.join("\n")}\n`),
});

const school = await openSchool({ empty: true });
const { browser, page } = await openAt(school, "/", { as: null });
const truth = new Map(); // what the register must say of who is not absent today: "" or "late"
const newCard = "0ABCDE01";
const lost = 601; // who has lost the card
const forgot = 602; // who forgot it
const ill = 603;
let front;
let back;

const dialog = () => page.getByRole("dialog");
const done = () => dialog().waitFor({ state: "detached" });
const step = (id, done) => page.waitForSelector(by(`step-${id}`, `[data-done="${done}"]`));
const go = (link) => page.getByRole("link", { name: link, exact: true }).first().click();

// As contracts.md has it, with the usual grace.
function noteTap(n, at) {
  const [hours, minutes] = at.slice(11, 16).split(":").map(Number);
  const after = hours * 60 + minutes - Math.max(0, startOf(sectionOf(n)));
  if (after <= 60) truth.set(n, after <= 20 ? "" : "late");
}

test("the school is set up: its head, its zone and its 1,200 people", async () => {
  const printed = () => /http\S+\/setup#[0-9a-f]{64}/.exec(school.output.join("\n"))?.[0];
  await page.goto(await until(printed, "the link is printed"));
  await page.fill('input[name="username"]', "head");
  await page.fill('input[name="password"]', password);
  await page.fill('input[name="again"]', password);
  await page.click('button[type="submit"]');
  await step("zone", false);
  const zone = page.getByRole("combobox", { name: "Time zone" });
  await zone.fill("manila");
  await page.getByRole("option", { name: "Asia/Manila" }).click();
  await page.click(by("save-zone"));
  await step("zone", true);
  const rows = Array.from({ length: people }, (_, n) => {
    const [first, last] = nameOf(n).map(quoted);
    return `${card(n)},${first},${last},${sectionOf(n).split(" ")[1]},${sectionOf(n)}`;
  });
  const head = "nfc_id,first_name,last_name,grade,section";
  await page.setInputFiles(by("roster-file"), file("people.csv", [head, ...rows]));
  await page.click(by("roster-import"));
  await step("roster", true);
});

test("hours of thirty sections come in by a sheet, and a day off by the calendar", async () => {
  await go("Schedules");
  await page.getByRole("button", { name: "Import a sheet" }).click();
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const head = `Section,Grade,Adviser Name,${days.map((day) => `${day} Start,${day} End`)}`;
  const rows = sections.map((section) => {
    const hours = days.map(() => `${clockOf(startOf(section))},23:59`);
    return `${section},${section.split(" ")[1]},M. Santos,${hours}`;
  });
  await page.setInputFiles('input[type="file"]', file("hours.csv", [head, ...rows]));
  await page.waitForSelector(by("import-preview"));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Import" }).click();
  await page.getByText("Imported: 30 new").waitFor();
  await go("Calendar");
  await page.locator(`[data-day="${dayOff}"][data-tone]`).click();
  await page.getByTestId("meaning").getByRole("button", { name: "Suspend classes" }).click();
  await dialog()
    .getByLabel(/^Reason/)
    .fill("Founders’ day");
  await dialog().getByRole("button", { name: "Put it in" }).click();
  await done();
  await page.locator(`[data-day="${dayOff}"][data-tone="suspension"]`).waitFor();
});

test("two gates come in by their codes", async () => {
  await go("Gates");
  for (const name of ["front", "back"]) {
    await page.locator(by("add-gate")).first().click();
    await page.fill('input[name="gate"]', name);
    await page.click(by("make-code"));
    const code = await page.textContent(by("code"));
    const gate = await school.gateByCode(name, code);
    await page.waitForSelector('[data-here="true"]');
    await page.click(by("code-done"));
    if (name === "front") front = gate;
    else back = gate;
  }
  // A gate that has fetched the school knows its last section.
  for (const gate of [front, back]) {
    await until(
      () => readFileSync(`${gate.data}/roster.json`, "utf8").includes(sections.at(-1)),
      `${gate.name} has the hours`,
    );
  }
});

test("300 people tap at two gates, and Today counts them as they come", async () => {
  await go("Today");
  const start = Date.now();
  const through = async (gate, first) => {
    for (let n = first; n < 2 * taps; n += 4) {
      const { verdict, at, name } = await gate.tap(card(n));
      assert.equal(verdict, "accepted", `${gate.name}, ${n}`);
      assert.equal(name, nameOf(n).join(" "));
      noteTap(n, at);
    }
  };
  await Promise.all([through(front, 0), through(back, 2)]);
  const tapped = Date.now();
  assert.equal((await front.tap(card(0))).verdict, "duplicate");
  const late = [...truth.values()].filter((each) => each === "late").length;
  await until(
    async () =>
      (await browser.number("count-present")) === truth.size &&
      (await browser.number("count-late")) === late,
    async () => `Today counts ${await browser.number("count-present")} of ${truth.size}`,
  );
  console.log(
    `# ${taps} taps in ${tapped - start} ms, all on Today ${Date.now() - tapped} ms later`,
  );
  await page
    .getByRole("button", { name: /^Show all/ })
    .first()
    .click();
  for (const n of [0, 4, 8, 12]) {
    const row = page.locator(by("arrival", `[data-card="${card(n)}"] strong`));
    assert.equal(await row.textContent(), nameOf(n).join(" "));
  }
  assert.equal(await browser.scrollsSideways(), false);
});

test("a lost card is replaced: the new one is its person's, the old one nobody's", async () => {
  await go("People");
  await page.getByLabel("Search").fill(`Last${lost}`);
  await page.locator(by("student", ` .table-open`)).first().click();
  await page.getByRole("button", { name: "New card" }).click();
  await dialog().getByText("Hold the card to a gate").waitFor();
  const shown = dialog().getByText(`front has read the card ${newCard}.`);
  await until(async () => {
    assert.equal((await front.tap(newCard)).reason, "UNKNOWN_CARD");
    return shown.waitFor({ timeout: 3_000 }).then(
      () => true,
      () => false,
    );
  }, "the page shows the card");
  await dialog().getByRole("button", { name: "Give the new card" }).click();
  await done();
  const { name, at } = await until(async () => {
    const said = await back.tap(newCard);
    return said.verdict === "accepted" && said;
  }, "the other gate knows the card");
  assert.equal(name, nameOf(lost).join(" "));
  assert.equal((await back.tap(card(lost))).reason, "CARD_REPLACED");
  noteTap(lost, at);
});

test("who forgot the card is marked as here, who is ill as excused", async () => {
  await go("Corrections");
  const correct = async (n, item, fill) => {
    await page.getByRole("searchbox").fill(`Last${n}`);
    const row = page.locator(by("waiting", `[data-id="${card(n)}"]`));
    await row.getByRole("button", { name: /^Correct the day of/ }).click();
    await page.getByRole("menuitem", { name: item }).click();
    await fill();
    await page.click(by("mark-send"));
    await row.waitFor({ state: "detached" });
  };
  await correct(forgot, "Was here", () => page.getByLabel("Came at").fill("00:01"));
  truth.set(forgot, "");
  await correct(ill, /^Excuse/, () => page.selectOption(by("mark-reason"), "Medical"));
});

// The lines of a CSV file, as cells.
const cellsOf = (text) =>
  text
    .replace(/^\ufeff/, "")
    .split("\n")
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) =>
        cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
      ),
    );

const formOf = (section, format) => new RegExp(`^School Form 2 of ${section}, .* as ${format}$`);

test("the month's register says of everybody what was tapped and said", async () => {
  await go("Reports");
  await page.getByRole("tab", { name: "School Form 2", exact: true }).click();
  await page.getByRole("link", { name: formOf(sections[0], "CSV") }).waitFor();
  const files = new Map();
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: formOf(sections[0], "CSV") }).click();
  files.set(sections[0], readFileSync(await (await coming).path(), "utf8"));
  for (const section of sections.slice(1)) {
    const link = page.getByRole("link", { name: formOf(section, "CSV") });
    const path = await link.getAttribute("href");
    files.set(section, await page.evaluate(async (path) => (await fetch(path)).text(), path));
  }
  const day = (each) => Number(each.slice(8));
  for (const [section, text] of files) {
    const [head, ...rows] = cellsOf(text);
    const today = head.findIndex((each) => each.startsWith(`${day(schoolDay())} `));
    assert.ok(today > 2, `${section}: ${head}`);
    assert.ok(
      !head.some((each) => each.startsWith(`${day(dayOff)} `)),
      "no column for the day off",
    );
    const of = new Map(rows.map((row) => [row[2]?.replace(/^'/, ""), row]));
    let present = 0;
    for (let n = sections.indexOf(section); n < people; n += sections.length) {
      const [first, last] = nameOf(n);
      const row = of.get(`${last}, ${first}`);
      assert.ok(row, `${section} has ${last}, ${first}: ${[...of.keys()]}`);
      assert.equal(row[today], truth.get(n) ?? "x", `${section}, ${last}, ${first}`);
      present += truth.has(n) ? 1 : 0;
      if (n === ill) assert.match(row[head.indexOf("REMARKS")], /\b1 excused/);
    }
    assert.equal(Number(of.get("Combined TOTAL PER DAY")[today]), present, section);
  }
  const book = page
    .getByTestId("register")
    .getByRole("link", { name: formOf("All sections", "Excel") });
  const asked = page.waitForEvent("download");
  await book.click();
  const bytes = readFileSync(await (await asked).path());
  assert.ok(bytes.subarray(0, 2).equals(Buffer.from("PK")) && bytes.length > 20_000);
});

test("nothing was asked of anybody else, and nothing complained", () => browser.wellBehaved());
