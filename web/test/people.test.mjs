// The people of the school: found, added, changed, given another card, imported, and their year.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, openBrowser } from "./browser.mjs";
import { card, pause, schoolDay, startSchool, until } from "./school.mjs";
import { workbook } from "./workbook.mjs";

const hostile = {
  1: ['<img src=x onerror="alert(1)">', 'O\'Hara & "Sons"'],
  2: ["مريم", "الراشد"],
  3: ["Wilhelmina Maximiliana Bartholomea", "Featherstonehaugh-Cholmondeley-Vanderbilt"],
  4: ["Niño 🦬", "Ñúñez"],
};

const school = await openSchool({ people: 60, named: hostile });
const gate = await school.addGate();
const cookie = await school.signIn();
const { browser, page } = await openAt(school, "/people");

const dialog = () => page.getByRole("dialog");
const student = (id) => page.locator(by("student", `[data-id="${id}"]`));
const named = async (id) => (await school.ask(cookie, `/api/students/${id}`)).body.data;
const done = () => dialog().waitFor({ state: "detached" });
const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const choose = async (name, text) => {
  await page.setInputFiles('input[type="file"]', file(name, text));
  await page.waitForSelector(by("import-preview"));
  await page.waitForSelector(".progress", { state: "detached" });
};
const part = async (id) => Number(await page.textContent(`${by(`part-${id}`)} strong`));

test("everybody is listed by name, as the language sorts, and hostile names are shown as typed", async () => {
  await student(card(0)).waitFor();
  await browser.looksWell("people", by("student"));
  const names = await page.locator(`${by("student")} .table-open`).allTextContents();
  const { compare } = new Intl.Collator("en", { numeric: true });
  assert.deepEqual(names, [...names].sort(compare));
  await page.getByLabel("Search").fill("hara");
  await student(card(1)).waitFor();
  assert.equal(
    await student(card(1)).locator(".table-open").textContent(),
    `${hostile[1][0]} ${hostile[1][1]}`,
  );
  await page.getByLabel("Search").fill("nino nunez");
  await student(card(4)).waitFor();
  assert.equal(await page.locator(by("student")).count(), 1);
});

test("a search is kept in the address, so that one comes back to it from a person", async () => {
  await student(card(4)).locator(".table-open").click();
  await page.getByRole("heading", { level: 1, name: "Niño 🦬 Ñúñez" }).waitFor();
  await page.goBack();
  await student(card(4)).waitFor();
  assert.equal(await page.getByLabel("Search").inputValue(), "nino nunez");
  await page.getByLabel("Search").fill("nobody of that name");
  await page.getByText("Nobody found.").waitFor();
  await page.getByLabel("Search").fill("");
});

test("a student is registered by holding the card to a chosen gate", async () => {
  await gate.tap("0A0B0C99"); // turned away before the form is open: no answer to it
  await page.getByRole("button", { name: "Add a person" }).click();
  await dialog().waitFor();
  await dialog().getByText("0A0B0C99").waitFor();
  await dialog().getByLabel("First name").fill("Liwayway");
  await dialog().getByLabel("Last name").fill("Bautista");
  await dialog().getByRole("combobox", { name: "Section" }).fill("Nar");
  await page.locator(".menu-item", { hasText: "Narra" }).click();
  assert.equal(await dialog().getByLabel("Grade").inputValue(), "7", "the section's grade");
  await dialog().getByTestId("card-gate").selectOption("gate-1");
  await dialog().getByText("Hold the card to gate-1").waitFor();
  await browser.looksWell("people-add", "[role=dialog]");
  assert.equal((await gate.tap("0A0B0C01")).reason, "UNKNOWN_CARD");
  await dialog().getByText("gate-1 has read the card 0A0B0C01.").waitFor();
  assert.equal(await dialog().getByLabel("Card", { exact: true }).inputValue(), "0A0B0C01");
  await dialog().getByRole("button", { name: "Register" }).click();
  await page.getByRole("heading", { level: 1, name: "Liwayway Bautista" }).waitFor();
  assert.equal((await named("0A0B0C01")).section, "Narra");
  await until(async () => (await gate.tap("0A0B0C01")).verdict === "accepted", "the gate knows it");
});

test("what the server refuses is said in the form, and nothing typed is lost", async () => {
  await page.getByRole("button", { name: "Edit" }).click();
  await dialog().getByLabel("Learner reference number").fill("12");
  await dialog().getByRole("button", { name: "Save" }).click();
  await dialog().locator(".error:not(:empty)").waitFor();
  assert.equal(await dialog().getByLabel("Learner reference number").inputValue(), "12");
  await dialog().getByLabel("Learner reference number").fill("136542100123");
  await dialog().getByLabel("Sex").selectOption("F");
  await dialog().getByRole("button", { name: "Save" }).click();
  await done();
  await page.getByText("136542100123").waitFor();
  assert.equal((await named("0A0B0C01")).sex, "F");
});

test("what somebody else changed meanwhile is not written over", async () => {
  await page.getByRole("button", { name: "Edit" }).click();
  await school.ask(cookie, "/api/admin/students/0A0B0C01", "PUT", { grade: "8" });
  await dialog().getByLabel("Grade").fill("9");
  await dialog().getByRole("button", { name: "Save" }).click();
  await dialog().getByText("changed that meanwhile").waitFor();
  await page.keyboard.press("Escape");
  await done();
  assert.equal((await named("0A0B0C01")).grade, "8");
});

test("a lost card is replaced by the next one that a gate reads, and refused from then on", async () => {
  await page.goto(`${school.url}/people/${card(5)}`);
  await page.getByRole("button", { name: "New card" }).click();
  await dialog().getByText("Hold the card to a gate").waitFor();
  await pause(500);
  await gate.tap("0A0B0C02");
  await dialog().getByText("gate-1 has read the card 0A0B0C02.").waitFor();
  await browser.looksWell("people-new-card", "[role=dialog]");
  await dialog().getByRole("button", { name: "Give the new card" }).click();
  await done();
  await page.waitForURL("**/people/0A0B0C02");
  await page.getByRole("heading", { level: 1, name: "First5 Last5" }).waitFor();
  const refused = async () => (await gate.tap(card(5))).reason === "CARD_REPLACED";
  await until(refused, "the gate refuses the old card");
});

test("who leaves is out of the list at once, and back in it if the server refuses", async () => {
  await page.goto(`${school.url}/people?q=Last6`);
  await student(card(6)).locator(".table-open").click();
  await page.route("**/api/admin/students/*", async (route) => {
    if (route.request().method() !== "DELETE") return route.continue();
    await pause(800);
    return route.fulfill({ status: 409, json: { success: false, error: "the roster is locked" } });
  });
  const leave = async () => {
    await page.getByRole("button", { name: "Leaves the school" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Leaves the school" }).click();
  };
  await leave();
  await page.waitForURL("**/people");
  await page.getByLabel("Search").fill("Last6");
  await page.getByText("Nobody found.").waitFor();
  await page.getByText("The roster is locked.").waitFor();
  await student(card(6)).waitFor();
  await page.unroute("**/api/admin/students/*");
  await student(card(6)).locator(".table-open").click();
  await leave();
  await page.getByText("First6 Last6 has left the school").waitFor();
  assert.equal((await school.ask(cookie, `/api/students/${card(6)}`)).status, 404);
});

test("a person's year has each day, its numbers, and who marked it", async () => {
  const days = Array.from({ length: 70 }, (_, n) => schoolDay(-n - 1));
  for (const [n, day] of days.entries()) {
    const said =
      n % 11 === 3
        ? { status: "excused", reason: "Medical", note: "Fever <b>39</b>" }
        : n % 7 === 2
          ? { status: "absent" }
          : { status: n % 5 === 1 ? "late" : "on_time", time: "07:21" };
    const path = `/api/attendance/${day}/marks`;
    const answer = await school.ask(cookie, path, "POST", { nfc_id: card(8), ...said });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  await gate.tap(card(8));
  await page.goto(`${school.url}/people/${card(8)}`);
  const cell = (day) => page.locator(`[data-day="${day}"][data-tone]`);
  await cell(days[3]).and(page.locator('[data-tone="excused"]')).waitFor();
  assert.equal(await cell(days[2]).getAttribute("data-tone"), "absent");
  await cell(schoolDay()).and(page.locator('[data-tone="on_time"]')).waitFor();
  await page.getByTestId("year-rate").waitFor();
  await browser.looksWell("person", '[data-tone="excused"]');
  const { body } = await school.ask(
    cookie,
    `/api/attendance/student/${card(8)}?from=${days.at(-1)}&to=${schoolDay()}`,
  );
  assert.equal(await browser.number("year-absent"), body.summary.absent);
  assert.equal(await browser.number("year-excused"), body.summary.excused);
  assert.equal(await browser.number("year-totalDays"), body.summary.totalDays);
  await cell(days[3]).click();
  const panel = page.getByTestId("day-panel");
  await panel.getByText("Fever <b>39</b>").waitFor();
  await panel.getByText("Medical").waitFor();
  await panel.getByText("head", { exact: true }).waitFor();
  await browser.looksWell("person-day", by("day-panel"));
});

test("the days of a year are walked by the keyboard", async () => {
  const from = schoolDay(-5);
  await page.locator(`[data-day="${from}"][data-tone]`).click();
  await page.keyboard.press("ArrowUp");
  const focused = await page.evaluate(() => document.activeElement.dataset.day);
  assert.equal(focused, schoolDay(-12));
  await page.keyboard.press("Enter");
  await page.locator(`[data-day="${focused}"][aria-pressed="true"]`).waitFor();
});

test("the person's days are downloaded as a workbook, a PDF and a CSV file", async () => {
  const heads = { Excel: "PK", PDF: "%PDF", CSV: "" };
  for (const [words, head] of Object.entries(heads)) {
    const href = await page.getByRole("link", { name: words }).getAttribute("href");
    const answer = await fetch(school.url + href, { headers: { Cookie: cookie } });
    assert.equal(answer.status, 200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.ok(bytes.subarray(0, head.length).equals(Buffer.from(head)), words);
    assert.ok(bytes.length > 100, words);
  }
});

test("a day is marked on the person's page", async () => {
  const day = schoolDay(-1);
  await page.goto(`${school.url}/people/${card(9)}`);
  await page.locator(`[data-day="${day}"][data-tone="free"]`).waitFor(); // before the registration
  await page.locator(`[data-day="${schoolDay()}"][data-tone]`).click();
  await page.getByTestId("day-panel").getByTestId("mark-excused").click();
  await page.locator(`[data-day="${schoolDay()}"][data-tone="excused"]`).waitFor();
});

test("a photo that a gate took is shown with its day", async () => {
  const [record] = (await gate.journal()).attendance.filter((each) => each.nfc_id === card(8));
  const send = { ...record, tap: "gate-1.0badcafe.1", photo: "p.jpg" };
  const who = { nfc_id: card(10), card: card(10), person: card(10), name: "First10 Last10" };
  const line = JSON.stringify({ ...send, ...who });
  await gate.send(school.url, "/api/terminal/records", line, "application/x-ndjson");
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  await page.route("**/photos/**", (route) =>
    route.fulfill({ contentType: "image/svg+xml", body: svg }),
  );
  await page.goto(`${school.url}/people/${card(10)}`);
  await page.locator(`[data-day="${record.day}"][data-tone="on_time"]`).click();
  await page.getByRole("img", { name: "First10 Last10 at the gate" }).waitFor();
  await page.unroute("**/photos/**");
});

const header = "nfc_id,first_name,last_name,grade,section\n";

test("an import says what it would change, and names each bad line and why", async () => {
  await page.goto(`${school.url}/people`);
  await page.getByRole("button", { name: "Import a list" }).click();
  await page.getByText("Drop a CSV or Excel file here").waitFor();
  await choose(
    "narra.csv",
    `${header}${card(0)},First0,Last0,8,Narra\n${card(7)},First7,Last7,7,Molave\nBB000001,Ana,Santos,7,Narra\n,Without,Card,7,Narra\nBB000002,Ana,Santos,7,Narra\n`,
  );
  assert.deepEqual(
    [await part("left_out"), await part("changed"), await part("unchanged"), await part("new")],
    [2, 1, 1, 1],
  );
  await page.locator(by("row-left_out", ':has-text("5")')).first().waitFor();
  await browser.looksWell("people-import", by("row-left_out"));
  assert.equal(await page.getByRole("button", { name: "Import", exact: true }).isDisabled(), true);
  await page.getByTestId("part-changed").click();
  await page.getByRole("cell", { name: "Grade: 7 becomes 8" }).waitFor();
  assert.equal((await named(card(0))).grade, "7", "nothing has changed yet");
});

test("a new card or somebody else of the same name is asked, and who is gone may leave", async () => {
  const rest = Array.from({ length: 30 }, (_, n) => 2 * n)
    .filter((n) => ![2, 4, 6, 8, 10].includes(n))
    .map((n) => `${card(n)},First${n},Last${n},7,Narra\n`)
    .join("");
  const text = `${header}${rest}CC000010,First10,Last10,7,Narra\n`;
  await choose("narra.csv", text);
  assert.deepEqual([await part("replacements"), await part("left_out")], [1, 0]);
  assert.equal(await page.getByRole("button", { name: "Import", exact: true }).isDisabled(), true);
  await page.getByText("The same people, with a new card").click();
  await page.getByText("Nothing has changed yet.").waitFor();
  const gone = page.getByText(/people of these sections who are not in the file/);
  await gone.click();
  await page.getByText("Nothing has changed yet.").waitFor();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page
    .getByRole("alertdialog")
    .getByText(/leave the school/)
    .waitFor();
  await page.getByRole("alertdialog").getByRole("button", { name: "Import" }).click();
  await page.getByText(/Imported: 0 new, 1 changed, \d left/).waitFor();
  assert.equal((await named("CC000010")).name, "First10 Last10");
  assert.equal((await school.ask(cookie, `/api/students/${card(8)}`)).status, 404);
});

test("a workbook is looked at as a CSV file is, and what is no sheet is refused in words", async () => {
  await page.getByRole("button", { name: "Import a list" }).click();
  const rows = [header.trim().split(","), ["AB000001", "Excel", "Person", "7", "Narra"]];
  const buffer = workbook(rows);
  await page.setInputFiles('input[type="file"]', { name: "people.xlsx", mimeType: "", buffer });
  await page.getByRole("cell", { name: "Card AB000001" }).waitFor();
  assert.deepEqual([await part("new"), await part("left_out")], [1, 0]);
  await page.setInputFiles('input[type="file"]', file("x.csv", "PK\u0003\u0004 not a workbook"));
  await page.locator(".error-region .error").waitFor();
  await page.goto(`${school.url}/people`);
});

test("a teacher who taps is registered, listed with their day, changed, given a card, and gone", async () => {
  await page.getByRole("button", { name: "Add a person" }).click();
  await dialog().getByText("Teacher", { exact: true }).click();
  assert.equal(await dialog().getByLabel("Learner reference number").count(), 0);
  await dialog().getByLabel("First name").fill("Guro");
  await dialog().getByLabel("Last name").fill("<b>Cruz</b>");
  await dialog().getByRole("combobox", { name: "Section" }).fill("Narra"); // whose hours today has
  await dialog().getByLabel("Card", { exact: true }).fill("7EAC0001");
  await dialog().getByRole("button", { name: "Register" }).click();
  await page.getByRole("heading", { level: 1, name: "Guro <b>Cruz</b>" }).waitFor();
  const teacher = async (id) => (await school.ask(cookie, `/api/teachers/${id}`)).body.data;
  await until(async () => (await gate.tap("7EAC0001")).verdict === "accepted", "it is known");

  await page.getByRole("link", { name: "People", exact: true }).click();
  await page.getByText("Teachers (1)").click();
  const row = page.locator(by("teacher"));
  await browser.looksWell("people-teachers", by("teacher"));
  await row.getByRole("link", { name: "Guro <b>Cruz</b>" }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  await dialog().getByLabel("E-mail").fill("guro@example.org");
  await dialog().getByRole("button", { name: "Save" }).click();
  await done();
  await page.getByText("guro@example.org").waitFor();
  await page.getByRole("button", { name: "New card" }).click();
  await dialog().getByLabel("The new card").fill("7EAC0002");
  await dialog().getByRole("button", { name: "Give the new card" }).click();
  await done();
  await page.waitForURL(/7EAC0002\?role=teacher/);
  await until(async () => (await gate.tap("7EAC0001")).reason === "CARD_REPLACED", "it is refused");
  assert.equal((await teacher("7EAC0002")).name, "Guro <b>Cruz</b>");
  await page.getByRole("button", { name: "Leaves the school" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Leaves the school" }).click();
  await until(async () => (await teacher("7EAC0002")) === undefined, "the teacher is gone");
  await page.goto(`${school.url}/people`);
});

test("ten thousand people are searched as one types", async () => {
  const data = Array.from({ length: 10_000 }, (_, n) => ({
    nfc_id: `F${String(n).padStart(7, "0")}`,
    tamtap_id: String(n),
    name: `Juana ${n} Dela Cruz`,
    grade: "7",
    section: `Section ${n % 40}`,
  }));
  const answer = {
    success: true,
    count: 10_000,
    total: 10_000,
    next: null,
    type: "students",
    data,
  };
  await page.route("**/api/students", (route) => route.fulfill({ json: answer }));
  await page.goto(`${school.url}/people`);
  await page.getByText("Everyone (10,000)").waitFor();
  await page.locator(by("student")).first().waitFor();
  assert.ok((await page.locator(by("student")).count()) < 100, "only rows near the window");
  const began = Date.now();
  await page.getByLabel("Search").pressSequentially("9876 cruz");
  await page.getByText("Everyone (1)").waitFor();
  const took = Date.now() - began;
  console.log(`10,000 people: nine letters and the answer in ${took} ms`);
  await page.unroute("**/api/students");
  await page.goto(`${school.url}/people`);
  assert.ok(took < 30_000, "the page did not stand still, on a busy machine either");
});

test("1,200 people are imported in comfort, and found as one types", async () => {
  const sections = ["Acacia", "Bakawan", "Dapdap", "Ipil", "Kamagong", "Lauan"];
  const text =
    header +
    Array.from({ length: 1200 }, (_, n) => {
      const id = (0xd0000000 + n).toString(16).toUpperCase();
      return `${id},Maria${n},Villanueva${n},${7 + (n % 6)},${sections[n % 6]}\n`;
    }).join("");
  await page.getByRole("button", { name: "Import a list" }).click();
  const began = Date.now();
  await choose("school.csv", text);
  assert.equal(await part("new"), 1200);
  const looked = Date.now();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Import" }).click();
  await page.getByText("Imported: 1,200 new").waitFor();
  const ended = Date.now();
  console.log(`1,200 people: looked at in ${looked - began} ms, imported in ${ended - looked} ms`);
  await page.getByLabel("Search").fill("villanueva1199");
  await page.getByRole("link", { name: "Maria1199 Villanueva1199" }).waitFor();
  assert.equal(await page.locator(by("student")).count(), 1);
});

test("who is no administrator sees their people and may change none", async () => {
  for (const [name, mine, other] of [
    ["adviser", card(12), card(7)],
    ["teacher", card(7), card(12)],
  ]) {
    await page.context().clearCookies();
    await page.goto(`${school.url}/people`);
    await browser.signIn(name);
    await student(mine).waitFor();
    assert.equal(await student(other).count(), 0);
    assert.equal(await page.getByRole("button", { name: /Import|Add/ }).count(), 0);
    await student(mine).locator(".table-open").click();
    await page.getByTestId("year").waitFor();
    assert.equal(await page.getByRole("button", { name: /Edit|New card|Leaves/ }).count(), 0);
    await page.goto(`${school.url}/people/${other}`);
    await page.getByText(/no such student/i).waitFor();
  }
});

test("Filipino words stand on every part", async () => {
  await page.context().clearCookies();
  await page.goto(`${school.url}/people`);
  await browser.signIn("head");
  await page.getByLabel("Language").selectOption("fil");
  await page.getByRole("button", { name: "Mag-import ng listahan" }).click();
  await page.getByText("Ihulog dito ang CSV o Excel file").waitFor();
  await browser.looksWell("people-import-empty", ".sheet-drop");
  await choose(
    "narra.csv",
    `nfc_id,first_name,last_name,section,Contact No\n,Ana,Santos,Narra,0917\n${card(7)},,,Molave,\n`,
  );
  await page.getByText("Hindi itinago: Contact No.").waitFor();
  const wrong = await page.locator(`${by("row-left_out")} bdi`).allTextContents();
  assert.deepEqual(wrong, ["Walang kard.", "Walang pangalan."]);
});

test("an empty school says what to do next", async () => {
  const empty = await startSchool({ people: 1 });
  await empty.ask(await empty.signIn(), `/api/admin/students/${card(0)}`, "DELETE");
  const own = await openBrowser(empty.url);
  try {
    await own.page.goto(`${empty.url}/people`);
    await own.signIn();
    await own.page.getByText("Nobody is in the school yet").waitFor();
    await own.looksWell("people-nobody", ".empty");
    own.wellBehaved();
  } finally {
    await own.close();
    await empty.close();
  }
});

test("nothing complained", () => browser.wellBehaved(/status of (404|409|412|400)/));
