// A card that a gate turned away is claimed on the page, in a real browser on a real server. With
// TAMTAP_URL, TAMTAP_USER and TAMTAP_PASSWORD (an administrator's); the cards TAMTAP_NEW_CARD and
// TAMTAP_FOUND_CARD were turned away a moment ago, and TAMTAP_LOSER has lost theirs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";

const { TAMTAP_URL, TAMTAP_USER, TAMTAP_PASSWORD } = process.env;
const { TAMTAP_NEW_CARD, TAMTAP_FOUND_CARD, TAMTAP_LOSER } = process.env;

let browser;
let page;

before(async () => {
  browser = await openBrowser(TAMTAP_URL.replace(/\/$/, ""));
  page = browser.page;
  page.setDefaultTimeout(8_000);
  await page.goto(TAMTAP_URL);
  await page.fill('input[name="username"]', TAMTAP_USER);
  await page.fill('input[name="password"]', TAMTAP_PASSWORD);
  await page.click('button[type="submit"]');
  await page.waitForSelector('[data-testid="live-state"][data-state="live"]');
});

after(() => browser?.close());

const row = (card) => page.locator(`[data-testid="refusal"][data-card="${card}"]`).first();
const dialog = () => page.getByRole("dialog");

async function open(card) {
  await row(card).getByTestId("claim").click();
  await dialog().waitFor();
}

test("a new student is registered with the card that was turned away", async () => {
  await open(TAMTAP_NEW_CARD);
  assert.deepEqual(await browser.barriers(), []);
  await browser.picture("claim");
  await dialog().getByLabel("First name").fill("María");
  await dialog().getByLabel("Last name").fill('O\'Hara <b>"Jr"</b>');
  await dialog().getByLabel("Section").fill("Narra");
  await dialog().getByRole("button", { name: "Register" }).click();
  await dialog().waitFor({ state: "detached" });
  await row(TAMTAP_NEW_CARD).getByText('María O\'Hara <b>"Jr"</b> is registered').waitFor();
  assert.equal(await row(TAMTAP_NEW_CARD).getByTestId("claim").count(), 0);
});

test("what the server does not take is said in words, and nothing is lost of what was typed", async () => {
  await open(TAMTAP_FOUND_CARD);
  await dialog().getByLabel("First name").fill("x".repeat(90));
  await dialog().getByLabel("Last name").fill("y");
  await dialog().getByLabel("Section").fill("Narra");
  await page.route("**/api/admin/students", (route) =>
    route.fulfill({ status: 503, body: '{"success":false,"error":"the disk sleeps"}' }),
  );
  await dialog().getByRole("button", { name: "Register" }).click();
  await dialog().getByRole("alert").getByText("The disk sleeps.").waitFor();
  assert.equal(await dialog().getByLabel("First name").inputValue(), "x".repeat(90));
  await page.unroute("**/api/admin/students");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("somebody who lost their card is given the one that was found", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(TAMTAP_FOUND_CARD);
  await dialog().getByText("Somebody lost theirs").click();
  await page.getByPlaceholder("Name, section or number").fill(TAMTAP_LOSER.toUpperCase());
  await page.getByTestId("candidate").first().click();
  assert.deepEqual(await browser.barriers(), []);
  assert.equal(await browser.scrollsSideways(), false);
  await browser.picture("claim-lost-phone");
  await dialog().getByRole("button", { name: "Give them this card" }).click();
  await row(TAMTAP_FOUND_CARD).getByText("has this card now").waitFor();
  assert.deepEqual(browser.complaints, []);
  assert.deepEqual(browser.strangers, []);
});
