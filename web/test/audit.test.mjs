// The audit trail: who did what, in words, found by who and by whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by } from "./browser.mjs";
import { card, schoolDay } from "./school.mjs";

const school = await openSchool({ people: 4, named: { 0: ["Zoë “Z” O'Neil", "<b>Bold</b>"] } });
const mark = (cookie, n, status) =>
  school.ask(cookie, `/api/attendance/${schoolDay()}/marks`, "POST", {
    status,
    nfc_id: card(n),
  });
assert.equal((await mark(await school.signIn(), 0, "excused")).status, 200);
assert.equal((await mark(await school.signIn("adviser"), 2, "absent")).status, 200);
const { browser, page } = await openAt(school);

const entries = (of) => of.locator(by("entry"));

test("what was done is said in words, with names as they are", async () => {
  await page.getByRole("link", { name: "Audit" }).click();
  await page.locator("td.wide").getByText("Zoë “Z” O'Neil <b>Bold</b>").waitFor();
  const texts = await entries(page).allTextContents();
  assert.ok(
    texts.some((each) => /head.*Excused.*Zoë/.test(each)),
    texts.join("\n"),
  );
  assert.ok(texts.some((each) => /adviser.*Marked absent.*First2 Last2/.test(each)));
  await browser.looksWell("audit", by("entry"));
});

test("it is found by who did it and by whom it was about", async () => {
  await page.selectOption(by("audit-who"), "adviser");
  await page.locator("td.wide").getByText("Zoë").waitFor({ state: "detached" });
  assert.match(await entries(page).first().textContent(), /Marked absent/);
  await page.getByRole("searchbox").fill("nobody at all");
  await page.getByText("Nothing was found").waitFor();
  await browser.looksWell("audit-empty", ".empty");
});

test("everything is there in Filipino, too", async () => {
  await page.getByRole("searchbox").fill("");
  await page.selectOption(".language select", "fil");
  await page.getByText("Nagmarka ng liban").first().waitFor();
  await page.selectOption(".language select", "en");
});

test("nobody but administrators finds the page", async () => {
  for (const who of ["adviser", "teacher"]) {
    await page.context().clearCookies();
    await page.goto(`${school.url}/audit`);
    await browser.signIn(who);
    await page.getByText("There is no such page").waitFor();
  }
});

test("nothing complained", () => browser.wellBehaved());
