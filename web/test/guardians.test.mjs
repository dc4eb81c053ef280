// Guardians of a student, and what staff decide and see of words to them, against the real server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { by, openBrowser } from "./browser.mjs";
import { card, startSchool, until } from "./school.mjs";

let school;
let browser;
let page;
let cookie;

before(async () => {
  school = await startSchool({ people: 4, named: { 0: ["Ana", "Peña"] } });
  cookie = await school.signIn();
  browser = await openBrowser(school.url);
  page = browser.page;
  await page.goto(`${school.url}/people/${card(0)}`);
  await browser.signIn();
});

after(async () => {
  await browser?.close();
  await school?.close();
});

const guardian = () => page.locator(by("guardian"));
const known = async (n = 0) =>
  (await school.ask(cookie, `/api/people/${card(n)}/guardians`)).body.guardians;

test("a guardian is added with what they have asked for", async () => {
  await page.getByText("Nobody is told about this student.").waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "Add a guardian" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Nena Peña");
  await dialog.getByLabel("E-mail address").fill("nena at example");
  await dialog.getByLabel("Language").selectOption("fil");
  await dialog.getByText("Arrival").click();
  await dialog.getByText("Absence").click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText(/is no mail address/).waitFor();
  await dialog.getByLabel("E-mail address").fill("nena@example.org");
  await browser.looksWell("guardian", "[role=dialog]");
  await dialog.getByRole("button", { name: "Save" }).click();
  await guardian().getByText("Told of: Arrival, Absence").waitFor();
  const [one] = await known();
  assert.deepEqual(
    [one.name, one.mail, one.language, one.arrival, one.departure, one.absence],
    ["Nena Peña", "nena@example.org", "fil", true, false, true],
  );
  await page.getByText(/neither a mail server nor a gateway/).waitFor();
});

test("they are changed, and keep their place", async () => {
  const [{ id }] = await known();
  await page.getByRole("button", { name: "Change Nena Peña" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Mobile number").fill("0917 123 4567");
  await dialog.getByText("Absence").click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await guardian().getByText("nena@example.org · 09171234567").waitFor();
  const [one] = await known();
  assert.deepEqual([one.id, one.absence], [id, false]);
});

test("they are taken out again", async () => {
  await page.getByRole("button", { name: "Remove Nena Peña" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("Nobody is told about this student.").waitFor();
  assert.deepEqual(await known(), []);
});

test("a text is shown as a guardian reads it, and a word that there is not is refused", async () => {
  await page.goto(`${school.url}/settings`);
  const text = page.locator(by("setting", '[data-key="words.arrival.en"]'));
  const preview = text.locator(by("words-preview"));
  await until(
    async () => /^Ana Reyes arrived at the school at 07:03/.test(await preview.textContent()),
    "the preview",
  );
  await text.getByLabel("Arrival, in English").last().fill("{first_name} is here: {hour}");
  await until(async () => (await preview.textContent()) === "Ana is here: {hour}", "the preview");
  await text.getByRole("button", { name: "Save" }).click();
  await text.getByText(/\{name\}, \{first_name\}/).waitFor();
  await text.getByLabel("Arrival, in English").last().fill("{first_name} is here: {time}");
  await text.getByRole("button", { name: "Save" }).click();
  await until(
    async () =>
      (await school.ask(cookie, "/api/admin/settings/words.arrival.en")).body.data.text ===
      "{first_name} is here: {time}",
    "the server has it",
  );
  await page.getByText(/sets them in tamtap.toml/).waitFor();
});

test("an adviser sees guardians of their section, and a teacher none", async () => {
  const put = await school.ask(cookie, `/api/people/${card(1)}/guardians`, "PUT", {
    guardians: [{ name: "Tito Ben", phone: "09171234567", arrival: true }],
  });
  assert.equal(put.status, 200);
  await page.context().clearCookies();
  await page.goto(`${school.url}/people/${card(0)}`);
  await browser.signIn("adviser"); // of Narra
  await page.getByRole("button", { name: "Add a guardian" }).waitFor();
  await page.context().clearCookies();
  await page.goto(`${school.url}/people/${card(1)}`);
  await browser.signIn("teacher"); // of Molave
  await page.getByRole("heading", { name: "First1 Last1" }).waitFor();
  assert.equal(await page.getByText("Guardians").count(), 0);
});

test("nothing complained", () => browser.wellBehaved(/status of 400/));
