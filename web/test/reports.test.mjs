// Reports: figures of days that staff have told of, held against what was told; files; paper.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { card, schoolDay } from "./school.mjs";

const hostile = {
  2: ["Zoë “Z” O'Neil", "<b>Bold</b>"],
  4: ["W".repeat(30), "Maximiliana-Esperanza"],
};
const days = 6; // before today
const stayedAway = 6; // this student, of Narra, on all of them

// On each of the days Narra came in time, but for one of them; of Molave, the first one was late.
const school = await openSchool({ people: 12, named: hostile });
const cookie = await school.signIn();
const cards = (section) =>
  Array.from({ length: 6 }, (_, n) => 2 * n + section).filter((n) => n !== stayedAway);
const mark = async (day, status, numbers) => {
  const nfc_ids = numbers.map(card);
  const path = `/api/attendance/${day}/marks`;
  const { body } = await school.ask(cookie, path, "POST", { status, nfc_ids });
  assert.equal(body.marked, numbers.length, JSON.stringify(body));
};
for (let n = 1; n <= days; ++n) {
  const [late, ...others] = cards(1);
  await mark(schoolDay(-n), "on_time", [...cards(0), ...others]);
  await mark(schoolDay(-n), "late", [late]);
  // They were registered just now, and are of the school from what is first known of them.
  if (n === days) await mark(schoolDay(-n), "absent", [stayedAway]);
}
const named = "San Isidro National High School";
const saved = await school.ask(cookie, "/api/admin/settings/school.name", "PUT", { value: named });
assert.equal(saved.status, 200, JSON.stringify(saved.body));
const { browser, page } = await openAt(school);

const period = `of=range&from=${schoolDay(-days)}&to=${schoolDay(-1)}`;
const tab = (name) => page.getByRole("tab", { name, exact: true }).click();
const tile = (words) => page.locator(".tile").filter({ hasText: words }).locator("dd");
const download = async (link) => {
  const href = await link.getAttribute("href");
  return page.evaluate(async (path) => {
    const answer = await fetch(path);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { status: answer.status, text: new TextDecoder("latin1").decode(bytes) };
  }, href);
};

test("the rate, who was late and who stays away are what staff have told", async () => {
  await page.getByRole("link", { name: "Reports" }).click();
  await page.waitForSelector(".report-of h2");
  await page.goto(`${school.url}/reports?${period}`);
  await page.getByText("Attendance over time").waitFor();
  assert.equal(await tile("Attendance rate").textContent(), "91.7%"); // 11 of 12
  assert.equal(await tile("Class days").textContent(), String(days));
  assert.equal(await tile("Late").textContent(), String(days));
  assert.equal(await tile("Absent").textContent(), String(days));
  const late = page.locator(".heat tbody tr");
  assert.equal(await late.count(), 1);
  assert.match(await late.textContent(), /^Molave.*6$/);
  assert.match(
    await page.locator(by("in-a-row")).textContent(),
    /First6 Last6Narraaway for 6 days/,
  );
  await page.waitForSelector(".chart-box canvas");
  await browser.looksWell("reports", ".chart-box canvas");
});

test("sections are compared, and one leads to its students and their figures", async () => {
  await tab("Sections");
  const narra = page.locator(by("report-section", '[data-id="Narra"]'));
  assert.match(await narra.textContent(), /83.3%/);
  await browser.looksWell("reports-sections", by("report-section"));
  await narra.getByRole("button", { name: /^Narra/ }).click();
  const rows = page.locator(by("report-learner"));
  await rows.first().waitFor();
  await page.locator(by("report-section")).first().waitFor({ state: "detached" });
  assert.match(page.url(), /section=Narra/);
  const texts = await rows.locator("th").allTextContents();
  assert.ok(texts.some((each) => each.startsWith(hostile[2].join(" "))));
  assert.ok(!texts.some((each) => each.startsWith("First1 ")));
  await browser.looksWell("reports-students", by("report-learner"));
  await page.getByRole("button", { name: /^First6 Last6/ }).click();
  assert.match(await page.getByRole("dialog").textContent(), /Present0 of 6.*in a row6/);
  await browser.looksWell("reports-student", ".learner-figures");
  const file = await download(page.getByRole("link", { name: "First6 Last6 as CSV" }));
  assert.equal(file.status, 200);
  assert.match(file.text, /Absent/);
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
});

test("every file comes as what it says it is", async () => {
  const begins = { Excel: /^PK/, PDF: /^%PDF/, CSV: /Student Name,/ };
  for (const [format, begin] of Object.entries(begins)) {
    const file = await download(
      page.getByRole("link", { name: new RegExp(`^Narra, .* as ${format}$`) }),
    );
    assert.equal(file.status, 200, format);
    assert.match(file.text, begin);
    assert.ok(format !== "CSV" || !file.text.includes("Molave"));
  }
});

test("who was absent is in the files, too, unless they are not wanted", async () => {
  const csv = async () =>
    (await download(page.getByRole("link", { name: /^Narra, .* as CSV$/ }))).text;
  const away = (text) => text.match(/^First6 Last6,.*,Absent,.*$/gm) ?? [];
  const whole = await csv();
  assert.equal(away(whole).length, days);
  assert.equal(whole.match(/,No tap$/gm).length, days - 1, "staff have told of one of them");
  await page.getByText("With who was absent").click();
  assert.equal(away(await csv()).length, 1);
  await page.getByText("With who was absent").click();
});

test("a month is chosen by its name, and a week by one of its days", async () => {
  const kind = (words) => page.locator(".period label").filter({ hasText: words }).click();
  await kind("Month");
  const options = page.locator(by("period-month", " option"));
  assert.equal(await options.count(), 24);
  const [value, words] = await options.nth(13).evaluate((each) => [each.value, each.textContent]);
  await page.selectOption(by("period-month"), value);
  await page.waitForURL(new RegExp(`of=month&from=${value}-01`));
  assert.match(await page.textContent(".report-of h2"), new RegExp(words.split(" ")[0]));
  await kind("Week");
  await page.getByRole("group", { name: "Week of" }).waitFor();
  await page.goto(`${school.url}/reports?${period}&section=Narra`);
});

test("the register of a month is the month's, as it was told", async () => {
  await tab("School Form 2");
  const month = schoolDay(-1).slice(0, 7);
  await page.selectOption(by("register-month"), month);
  const row = page.locator(by("register"));
  assert.equal(await row.count(), 1); // Narra is chosen
  const file = await download(
    row.getByRole("link", { name: /^School Form 2 of Narra, .* as CSV$/ }),
  );
  const line = file.text.split("\n").find((each) => each.includes("Last6, First6"));
  assert.match(line, /,x,/);
  await page.setViewportSize({ width: 390, height: 844 });
  await tab("Overview");
  await tab("School Form 2");
  const chosen = await page.locator(".tab[aria-selected=true]").boundingBox();
  assert.ok(chosen.x >= 0 && chosen.x + chosen.width <= 390, "the chosen part is in sight");
  await browser.looksWell("reports-register", by("register"));
});

test("paper has one clean page a section", async () => {
  await page.selectOption(by("section-filter"), "");
  await tab("Overview");
  await page.getByText("Attendance over time").waitFor();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  const titles = await page.locator(".sheet h2").allTextContents();
  assert.deepEqual(titles, ["Molave", "Narra"]);
  assert.equal(
    await page.locator(".sheet").first().locator("header p").first().textContent(),
    named,
  );
  await page.locator(".top").waitFor({ state: "hidden" });
  await page.setViewportSize({ width: 794, height: 1123 });
  await browser.picture("reports-paper", "a4");
  const pdf = await page.pdf({ format: "A4", printBackground: false });
  const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;
  assert.equal(sheets, 2);
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.locator(".sheet").first().waitFor({ state: "detached" });
});

test("paper of one day says of each how it was, and Past days leads to it", async () => {
  await page.goto(`${school.url}/days`);
  await page.selectOption(by("section-filter"), "Molave");
  await page.click(by("day-report"));
  await page.getByText("Late by weekday and section").waitFor();
  assert.match(page.url(), new RegExp(`of=day&from=${schoolDay(-1)}&to=.*&section=Molave`));
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const rows = await page.locator(".sheet tbody tr").allTextContents();
  const late = cards(1)[0];
  for (const n of cards(1)) {
    const line = `First${n} Last${n}${n === late ? "Late" : "On time"}`;
    assert.ok(rows.includes(line), `${line}: ${rows}`);
  }
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
});

test("a section of 45, and one of 60, is one page, black on white in dark colours, too", async () => {
  const more = async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    const many = (section, count) =>
      Array.from({ length: count }, (_, n) => ({
        ...body.learners[0],
        nfc_id: `${section}${n}`,
        section,
      }));
    body.learners = [...many("Molave", 45), ...many("Narra", 60)];
    await route.fulfill({ response: answer, json: body });
  };
  await page.route("**/api/reports/attendance*", more);
  await page.goto(`${school.url}/reports?${period}`);
  await page.getByText("Attendance over time").waitFor();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.locator(".sheet").count(), 2);
  const pdf = await page.pdf({ format: "A4", printBackground: false });
  assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length, 2);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const ink = await page
    .locator(".sheet h2")
    .first()
    .evaluate((each) => getComputedStyle(each).color);
  assert.equal(ink, "rgb(0, 0, 0)");
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.unroute("**/api/reports/attendance*");
});

test("days without classes, or to come, say so", async () => {
  await page.goto(`${school.url}/reports?of=day&from=${schoolDay(1)}&to=${schoolDay(1)}`);
  await page.getByText("No class days here").waitFor();
  await browser.looksWell("reports-empty", ".empty");
});

test("everything is there in Filipino, too", async () => {
  await page.goto(`${school.url}/reports?${period}`);
  await page.selectOption(".language select", "fil");
  await page.getByText("Sunod-sunod na liban").waitFor();
  await page.selectOption(".language select", "en");
});

test("advisers and teachers see their own sections alone", async () => {
  for (const [who, own, other] of [
    ["adviser", "Narra", "Molave"],
    ["teacher", "Molave", "Narra"],
  ]) {
    await page.context().clearCookies();
    await page.goto(`${school.url}/reports?${period}`);
    await browser.signIn(who);
    await tab("Sections");
    await page.waitForSelector(by("report-section", `[data-id="${own}"]`));
    assert.equal(await page.locator(by("report-section", `[data-id="${other}"]`)).count(), 0);
  }
});

test("nothing complained", () => browser.wellBehaved());
