// A card that a gate turned away is claimed on the page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { card, pause, until } from "./school.mjs";

const school = await openSchool({ people: 4, named: { 1: ["Ana", "Reyes"] } });
const gate = await school.addGate();
for (const each of ["AABBCC11", "AABBCC12"]) {
  assert.equal((await gate.tap(each)).reason, "UNKNOWN_CARD");
}
const { browser, page } = await openAt(school);

const row = (id) => page.locator(by("refusal", `[data-card="${id}"]`)).first();
const dialog = () => page.getByRole("dialog");

async function open(id) {
  await row(id).getByTestId("claim").click();
  await dialog().waitFor();
}

test("a new student is registered with the card that was turned away", async () => {
  await open("AABBCC11");
  await browser.looksWell("claim", "[role=dialog]");
  await dialog().getByLabel("First name").fill("María");
  await dialog().getByLabel("Last name").fill('O\'Hara <b>"Jr"</b>');
  const section = dialog().getByRole("combobox", { name: "Section" });
  await section.fill("Nar");
  await page.getByText("No section is called so yet").waitFor();
  await section.fill("narra"); // which is Narra, and no second section
  await dialog().getByLabel("Grade").fill("7");
  await dialog().getByRole("button", { name: "Register" }).click();
  await dialog().waitFor({ state: "detached" });
  await row("AABBCC11").getByText('María O\'Hara <b>"Jr"</b> is registered').waitFor();
  const { body } = await school.ask(await school.signIn(), "/api/students/AABBCC11");
  assert.equal(body.data.section, "Narra");
  assert.equal(await row("AABBCC11").getByTestId("claim").count(), 0);
});

test("what the server does not take is said in words, and nothing is lost of what was typed", async () => {
  await open("AABBCC12");
  await dialog().getByLabel("First name").fill("x".repeat(90));
  await dialog().getByLabel("Last name").fill("y");
  await dialog().getByRole("combobox", { name: "Section" }).fill("Narra");
  await page.route("**/api/admin/students", (route) =>
    route.fulfill({ status: 503, body: '{"success":false,"error":"the disk sleeps"}' }),
  );
  await page.keyboard.press("Tab"); // the list closes
  await dialog().getByRole("button", { name: "Register" }).click();
  await dialog().getByRole("alert").getByText("The disk sleeps.").waitFor();
  assert.equal(await dialog().getByLabel("First name").inputValue(), "x".repeat(90));
  await page.unroute("**/api/admin/students");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("what is being sent stays open until it is known what became of it, and is sent once", async () => {
  await open("AABBCC12");
  await dialog().getByLabel("First name").fill("Twice");
  await dialog().getByLabel("Last name").fill("Sent");
  await dialog().getByRole("combobox", { name: "Section" }).fill("Narra");
  await page.keyboard.press("Tab");
  const sent = [];
  let answer;
  const waits = new Promise((resolve) => (answer = resolve));
  await page.route("**/api/admin/students", async (route) => {
    sent.push(route.request().method());
    await waits;
    await route.fulfill({ status: 503, body: '{"success":false,"error":"the disk sleeps"}' });
  });
  await dialog().getByLabel("Last name").press("Enter");
  await dialog().getByLabel("Last name").press("Enter");
  await dialog().getByRole("button", { name: "Register" }).dblclick({ force: true });
  await until(() => sent.length > 0, "it is sent");
  await page.keyboard.press("Escape");
  await pause(300);
  assert.ok(await dialog().isVisible(), "else nobody is told what the server says");
  assert.ok(await dialog().getByRole("button", { name: "Cancel" }).isDisabled());
  answer();
  await dialog().getByRole("alert").getByText("The disk sleeps.").waitFor();
  assert.deepEqual(sent, ["POST"]);
  await page.unroute("**/api/admin/students");
  await page.route("**/api/admin/students", (route) => route.abort()); // there is no network
  await dialog().getByLabel("Last name").press("Enter");
  await dialog().getByRole("alert").getByText("cannot be reached").waitFor();
  assert.equal(await dialog().getByLabel("First name").inputValue(), "Twice");
  await page.unroute("**/api/admin/students");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("somebody who lost their card is given the one that was found", async () => {
  await browser.show("phone", "light", by("refusal"));
  await open("AABBCC12");
  await dialog().getByText("Somebody lost theirs").click();
  await page.getByPlaceholder("Name, section or number").fill("ANA REY");
  await page.getByTestId("candidate").first().click();
  assert.deepEqual(await browser.barriers(), []);
  assert.equal(await browser.scrollsSideways(), false);
  await browser.picture("claim-lost", "phone");
  await dialog().getByRole("button", { name: "Give them this card" }).click();
  await row("AABBCC12").getByText("has this card now").waitFor();
  browser.wellBehaved(/ERR_FAILED/);
});

test("the gate knows the new student, and refuses the card that was replaced", async () => {
  const known = (id) => readFileSync(join(gate.data, "roster.json"), "utf8").includes(id);
  await until(() => known("AABBCC11") && known("AABBCC12"), "the gate knows both cards");
  assert.equal((await gate.tap("AABBCC11")).name, 'María O\'Hara <b>"Jr"</b>');
  assert.equal((await gate.tap("AABBCC12")).name, "Ana Reyes");
  assert.equal((await gate.tap(card(1))).reason, "CARD_REPLACED");
});
