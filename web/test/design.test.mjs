// The parts that pages are made of, as /design shows them, and what stands around pages on a phone.
import assert from "node:assert/strict";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, cutOff } from "./browser.mjs";

const mostBytes = 150_000; // compressed, without fonts

const school = await openSchool({ people: 4 });
const { browser, page } = await openAt(school, "/", { as: null });

test("the parts are accessible in both themes, without signing in", async () => {
  await page.goto(`${school.url}/design`);
  await browser.looksWell("design", "table");
});

test("a table of ten thousand rows has only those near the window, and sorts", async () => {
  assert.ok((await page.locator("table.table tbody tr").count()) < 60);
  const name = page.getByRole("button", { name: "Name", exact: true });
  await name.click();
  await name.click();
  await page.getByRole("button", { name: "Row 10000" }).waitFor();
});

test("a dialog takes the focus, keeps it, and gives it back", async () => {
  const open = page.getByRole("button", { name: "Open a dialog" });
  await open.click();
  await page.getByRole("dialog").waitFor();
  assert.deepEqual(await browser.barriers(), []);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await open.evaluate((each) => document.activeElement === each), true);
  await page.getByRole("button", { name: "Ask to confirm" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("The server said no.").waitFor();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
});

test("a menu, a combo box and a date are used by the keyboard", async () => {
  await page.getByRole("button", { name: "Open a menu" }).press("Enter");
  await page.keyboard.press("Enter");
  await page.locator(by("toast")).getByText("Edited.").waitFor();
  const combo = page.getByRole("combobox", { name: "Combo box" });
  await combo.click();
  await combo.pressSequentially("row 12");
  await page.getByRole("option", { name: "Row 1", exact: true }).waitFor({ state: "detached" });
  await page.getByRole("option", { name: "Row 12" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await combo.inputValue(), "Row 12");
  await page.getByRole("spinbutton", { name: /^day/ }).press("ArrowUp");
  assert.match(await page.getByRole("spinbutton", { name: /^day/ }).textContent(), /24/);
});

test("Today's first load fits", async () => {
  const sizes = new Map();
  const gzipped = new Map();
  const weigh = async (answer) => {
    const { pathname } = new URL(answer.url());
    if (!/^\/(assets\/.*\.(js|css))?$/.test(pathname)) return;
    const body = await answer.body();
    sizes.set(pathname, brotliCompressSync(body).length); // as the server sends it over TLS
    gzipped.set(pathname, gzipSync(body, { level: 9 }).length); // and without
  };
  // A school that has begun: its administrators are shown no guide.
  await page.evaluate(() => localStorage.setItem("tamtap.guide", "away"));
  page.on("response", weigh);
  await page.context().clearCookies();
  await page.goto(school.url);
  await browser.signIn();
  await page.waitForSelector(`${by("sections")} li`);
  page.off("response", weigh);
  const sum = (weights) => [...weights.values()].reduce((all, each) => all + each, 0);
  const [brotli, gzip] = [sum(sizes), sum(gzipped)];
  console.log(
    `Today's first load: ${brotli} bytes, ${gzip} by gzip, ${[...sizes.keys()].join(" ")}`,
  );
  assert.ok(brotli > 50_000 && gzip <= mostBytes, `${brotli} bytes, ${gzip} by gzip`);
});

test("on a phone all pages are behind More, with colours, language and leaving", async () => {
  await browser.show("phone");
  await page.getByRole("button", { name: "More" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("link", { name: "People" }).waitFor();
  assert.deepEqual(await browser.barriers(), []);
  await browser.picture("more", "phone");
  await drawer.getByRole("link", { name: "People" }).click();
  await page.waitForURL("**/people");
  await drawer.waitFor({ state: "detached" });
});

test("the shell is kept on the device, and no data is", async () => {
  const kept = await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const names = await caches.keys();
    const urls = [];
    for (const name of names) {
      for (const each of await (await caches.open(name)).keys())
        urls.push(new URL(each.url).pathname);
    }
    return urls;
  });
  assert.ok(kept.includes("/") && kept.some((each) => each.startsWith("/assets/index-")));
  assert.ok(
    kept.every((each) => each === "/" || each === "/tamaraw.svg" || each.startsWith("/assets/")),
  );
  await school.stop();
  await page.reload();
  await page.getByText("One moment…").waitFor();
  await school.run();
  await page.waitForSelector(by("live-state", '[data-state="live"]'));
});

test("an address that is no page says so", async () => {
  await page.goto(`${school.url}/nothing-here`);
  await page.getByText("There is no such page").waitFor();
});

test("nothing was asked of anybody else, and nothing complained", () =>
  browser.wellBehaved(cutOff));
