// A real Chromium with one page, which notes what a page must never do.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { password, until } from "./school.mjs";

export const views = {
  phone: { width: 390, height: 844 },
  desk: { width: 1440, height: 900 },
  wall: { width: 1920, height: 1080 },
};

// With TAMTAP_PICTURES the pages are pictured, into docs/pages/.
const pictures = process.env.TAMTAP_PICTURES
  ? fileURLToPath(new URL("../../docs/pages/", import.meta.url))
  : null;

// What a page may complain of when a test ended its server amid a request.
export const cutOff = /ERR_(EMPTY_RESPONSE|CONNECTION_RESET|CONNECTION_CLOSED)/;

export const by = (id, more = "") => `[data-testid="${id}"]${more}`;

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });

// `device`: what else than a desk in the Philippines it is, as Playwright's newContext takes it.
export async function openBrowser(url, device = {}, launching = launch()) {
  const browser = await launching;
  const context = await browser.newContext({ viewport: views.desk, locale: "en-PH", ...device });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000); // of a busy machine; who waits for nothing loses nothing
  const complaints = [];
  const strangers = [];
  // Being refused while signed out or while the server is away is no fault of the page; nor is a
  // poll of a connection that the server has cut, or a photo that is gone.
  const expected = /status of (401|429|503)|ERR_CONNECTION_REFUSED|WebSocket connection/;
  const fleeting = /\/photos\/|\/socket\.io\//;
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    if (expected.test(message.text()) || fleeting.test(message.location().url)) return;
    complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  context.on("request", (request) => {
    const to = request.url();
    const ours = to.startsWith(url) || to.startsWith(url.replace("http", "ws"));
    if (!ours && !to.startsWith("data:")) strangers.push(to);
  });

  const self = {
    page,
    context,
    complaints,
    strangers,
    close: () => browser.close(),
    async signIn(username = "head") {
      await page.waitForSelector(by("login-form"));
      await page.fill('input[name="username"]', username);
      await page.fill('input[name="password"]', password);
      await page.click('button[type="submit"]');
      await self.live("live");
    },
    live: (state) => page.waitForSelector(by("live-state", `[data-state="${state}"]`)),
    async picture(name, view) {
      if (!pictures) return;
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: `${pictures}${name}-${view}.png` });
    },
    // What axe finds, a line each; of `rules` alone, if they are given.
    async barriers(rules) {
      // React Aria's announcer names elements that may be gone a moment later; it is not seen.
      const axe = new AxeBuilder({ page }).exclude("[data-live-announcer]");
      if (rules) axe.withRules(rules);
      const { violations } = await axe.analyze();
      return violations.flatMap((each) =>
        each.nodes.map((node) => `${each.id}: ${node.html}: ${node.failureSummary}`),
      );
    },
    scrollsSideways: () =>
      page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      ),
    // What is drawn, such as a chart, follows a moment later.
    fits: (otherwise) => until(async () => !(await self.scrollsSideways()), otherwise, 5_000),
    // Shows the page in a view and colours, once `selector` is there and nothing moves any more.
    async show(view, colorScheme = "light", selector = "main") {
      await page.setViewportSize(views[view] ?? view);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForSelector(`html[data-theme="${colorScheme}"]`);
      await page.waitForSelector(selector);
      await page.evaluate(() =>
        Promise.allSettled(document.getAnimations().map((each) => each.finished)),
      );
    },
    // Every page passes this: on phone and desk, light and dark, nothing for axe to find, nothing
    // that sticks out; and pictures of it, if they are wanted.
    async looksWell(name, selector = "main", seen = ["phone", "desk"]) {
      for (const view of seen) {
        for (const colours of ["light", "dark"]) {
          await self.show(view, colours, selector);
          if (colours === "light") await self.picture(name, view);
          // Colours change nothing but contrasts.
          const rules = colours === "light" ? undefined : ["color-contrast"];
          assert.deepEqual(await self.barriers(rules), [], `${name}, ${view}, ${colours}`);
          await self.fits(`${name} sticks out on a ${view}`);
        }
      }
      for (const width of [320, 820]) {
        await page.setViewportSize({ width, height: 900 });
        await self.fits(`${name} sticks out at ${width} px`);
      }
      await self.show(seen.at(-1), "light", selector);
    },
    // Waits for a message and puts all of them away: they lie over what is at the page's lower edge.
    async readMessages() {
      await page.locator(".toast").first().waitFor();
      while ((await page.locator(".toast").count()) > 0) {
        await page.locator(".toast .tool").first().click();
      }
    },
    number: async (id) => Number(await page.textContent(by(id))),
    // At the end of each file.
    wellBehaved(allowed = /^$/) {
      assert.deepEqual(strangers, []);
      assert.deepEqual(
        complaints.filter((each) => !allowed.test(each)),
        [],
      );
    },
  };
  return self;
}
