// What a file of browser tests begins with: a school, and a browser at one of its pages with somebody
// signed in. Both end with the file.
import { after } from "node:test";
import { launch, openBrowser } from "./browser.mjs";
import { startSchool } from "./school.mjs";

let launching; // while the school is made

// As startSchool.
export async function openSchool(wanted) {
  launching ??= launch();
  launching.catch(() => undefined); // who waits for it says so
  const school = await startSchool(wanted);
  after(() => school.close());
  return school;
}

// `as`: who signs in; null: nobody, and no page is opened.
export async function openAt(school, path = "/", { as = "head", device = {} } = {}) {
  const browser = await openBrowser(school.url, device, launching);
  launching = undefined;
  after(() => browser.close());
  const { page } = browser;
  if (as !== null) {
    await page.goto(school.url + path);
    await browser.signIn(as);
  }
  return { browser, page };
}
