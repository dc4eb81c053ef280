// A real Chromium with one page, which notes what a page must never do.
import { mkdirSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

const pictures = process.env.TAMTAP_SCREENSHOTS;

export async function openBrowser(url) {
  const browser = await chromium.launch({
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
  const context = await browser.newContext({ viewport: { width: 1366, height: 900 } });
  const page = await context.newPage();
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
  page.on("request", (request) => {
    const to = request.url();
    const ours = to.startsWith(url) || to.startsWith(url.replace("http", "ws"));
    if (!ours && !to.startsWith("data:")) strangers.push(to);
  });

  return {
    page,
    complaints,
    strangers,
    close: () => browser.close(),
    async picture(name) {
      if (!pictures) return;
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: `${pictures}/${name}.png` });
    },
    // What axe finds, a line each.
    async barriers() {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations.flatMap((each) =>
        each.nodes.map((node) => `${each.id}: ${node.html}: ${node.failureSummary}`),
      );
    },
    scrollsSideways: () =>
      page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      ),
    number: async (id) => Number(await page.textContent(`[data-testid="${id}"]`)),
  };
}
