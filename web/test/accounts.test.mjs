// Accounts: added, changed, given another password, removed; one's own sessions and password.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { password, until } from "./school.mjs";

const school = await openSchool({ people: 4 });
const cookie = await school.signIn();
const { browser, page } = await openAt(school);

const account = (name) => page.locator(by("account", `[data-id="${name}"]`));
const known = async (name) =>
  (await school.ask(cookie, "/api/admin/teachers")).body.data.find(
    (each) => each.username === name,
  );
const signInAs = async (name, word, path = "/accounts") => {
  await page.context().clearCookies();
  await page.goto(school.url + path);
  await page.waitForSelector(by("login-form"));
  await page.fill('input[name="username"]', name);
  await page.fill('input[name="password"]', word);
  await page.click('button[type="submit"]');
};
const act = async (name, action) => {
  await account(name)
    .getByRole("button", { name: /^Change the account of/ })
    .click();
  await page.getByRole("menuitem", { name: action }).click();
};

let given;

test("an account is added with a password that is told once", async () => {
  await page.getByRole("link", { name: "Accounts" }).click();
  await account("head").waitFor();
  await page.getByRole("button", { name: "Add an account" }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("Give the user name.").waitFor();
  await page.getByLabel("User name").fill("ms.reyes");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Ana “Annie” <b>Reyes</b>");
  await page.getByText("Adviser", { exact: true }).last().click();
  await page.locator(".section-boxes").getByText("Narra").click();
  await browser.looksWell("accounts-add", by("account-form"));
  await page.getByRole("button", { name: "Add", exact: true }).click();
  given = await page.textContent(by("told-password"));
  assert.ok(given.length >= 8);
  await browser.looksWell("accounts-told", by("told-password"));
  await page.getByRole("button", { name: "I have told them" }).click();
  const text = await account("ms.reyes").textContent();
  assert.match(text, /Ana “Annie” <b>Reyes<\/b>ms\.reyes.*Adviser.*Narra.*Given, to be changed/);
  await browser.looksWell("accounts", by("account"));
});

test("a name that is taken is said in the form, which stays as it was", async () => {
  await page.getByRole("button", { name: "Add an account" }).click();
  await page.getByLabel("User name").fill("teacher");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("There is an account of that name.").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
});

test("role and sections are changed", async () => {
  await account("ms.reyes").getByRole("button", { name: /^Ana/ }).click();
  await page.getByText("Teacher", { exact: true }).last().click();
  await page.locator(".section-boxes").getByText("Molave").click();
  await page.getByRole("button", { name: "Save" }).click();
  await until(async () => (await known("ms.reyes")).role_type === "teacher", "a teacher");
  assert.deepEqual((await known("ms.reyes")).sections_handled, ["Narra", "Molave"]);
});

test("another password is given, and the one before is good for nothing", async () => {
  await act("ms.reyes", "Reset the password");
  await page.getByRole("alertdialog").getByRole("button", { name: "Reset the password" }).click();
  const next = await page.textContent(by("told-password"));
  assert.notEqual(next, given);
  given = next;
  await page.getByRole("button", { name: "I have told them" }).click();
});

test("an account is removed only after a question, and nobody removes themselves", async () => {
  await account("head")
    .getByRole("button", { name: /^Change the account of/ })
    .click();
  const own = page.getByRole("menuitem", { name: "Remove" });
  assert.equal(await own.getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Escape");
  await act("teacher", "Remove");
  await page.getByText("What they marked stays").waitFor();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await account("teacher").waitFor({ state: "detached" });
  assert.equal(await known("teacher"), undefined);
});

test("one's own sessions are listed, and others can be ended", async () => {
  await page.getByRole("tab", { name: "Your account" }).click();
  const sessions = page.locator(by("session"));
  await sessions.nth(1).waitFor(); // the test's own, besides the browser's
  await page.getByText("This device").waitFor();
  await browser.looksWell("accounts-own", by("session"));
  await page.getByRole("button", { name: "End all others" }).click();
  await page.getByText("1 session is ended.").waitFor();
  await sessions.nth(1).waitFor({ state: "detached" });
  assert.equal((await school.ask(cookie, "/api/auth/me")).status, 401);
});

test("one's own password is changed, and wrong ones are said", async () => {
  const form = page.locator(by("own-password"));
  const fill = async (current, next, again = next) => {
    await form.getByLabel("Your password now").fill(current);
    await form.getByLabel("New password").fill(next);
    await form.getByLabel("The same once more").fill(again);
    await form.getByRole("button", { name: "Set the password" }).click();
  };
  await fill(password, "another good one 9", "another good one 8");
  await form.getByText("The two new passwords are not the same.").waitFor();
  await fill("not my password", "another good one 9");
  await form.getByText("The current password is wrong.").waitFor();
  await fill(password, "another good one 9");
  await page.getByText("The password is changed.").waitFor();
  await signInAs("head", "another good one 9");
  await browser.live("live");
});

test("who was given a password chooses their own, and sees their account alone", async () => {
  await signInAs("ms.reyes", given);
  await page.waitForSelector(by("password-form"));
  await page.fill('input[name="current"]', given);
  await page.fill('input[name="password"]', "quite another 77");
  await page.fill('input[name="again"]', "quite another 77");
  await page.click('button[type="submit"]');
  await browser.live("live");
  await page.getByRole("heading", { name: "Your account" }).waitFor();
  await page.getByText("Narra, Molave").waitFor();
  assert.equal(await page.getByRole("tab").count(), 0);
  await page.selectOption(".language select", "fil");
  await page.getByRole("heading", { name: "Ang iyong account" }).waitFor();
});

test("nothing complained", () => browser.wellBehaved(/status of (400|409)/));
