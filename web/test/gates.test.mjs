// Gates: how each is, what it needs, letting one in by a code, shutting one out, and voiding.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openAt, openSchool } from "./at_school.mjs";
import { by, openBrowser } from "./browser.mjs";
import { card, until } from "./school.mjs";

const school = await openSchool({ people: 40 });
const gate = await school.addGate("main-gate");
for (let n = 0; n < 4; ++n) assert.equal((await gate.tap(card(n))).verdict, "accepted");
const cookie = await school.signIn();
const { browser, page } = await openAt(school, "/gates");

const gateOf = (name) => by("gate", `[data-name="${name}"]`);

// A gate that only reports, by the secret that its code is exchanged for.
async function enroll(code) {
  const answer = await fetch(`${school.url}/api/terminal/enroll`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token: code }),
  });
  const { secret } = await answer.json();
  assert.equal(answer.status, 200);
  return async (path, body) => {
    const answer = await fetch(school.url + path, {
      method: "POST",
      headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  };
}

let report;
const tapOf = (n) => `north-gate.00ff00ff.${n}`;
const wounded = {
  version: "0.9.1",
  pending: 12,
  oldest_pending_seconds: 5400,
  confirmed: 310,
  quarantined: 2,
  clock: "unsure",
  camera: "fails",
  readers_away: ["rc522"],
  disk_free_bytes: 41_000_000,
  disk_problem: "Only 41 MB are left: photos are not kept any more. Take files off the disk.",
  mirror_problem: "The second copy is not written: its disk is away.",
  last_error: "the server does not answer",
  quarantined_taps: [
    {
      tap: tapOf(7),
      nfc_id: card(1),
      name: "<b>Bo</b> \u202eesrever\u202c 🙂 " + "x".repeat(60),
      section: "Narra",
      day: "2026-11-23",
      time: "07:01:00",
      reason: "tap of another terminal",
    },
    { tap: tapOf(8), name: "Ana", section: "Molave", reason: "the line is no JSON" },
  ],
};

test("a gate that is well says all of itself", async () => {
  const main = page.locator(gateOf("main-gate"));
  await main.waitFor();
  await until(
    async () => (await main.locator(by("fact-confirmed")).textContent()).includes("4 taps"),
    "its taps are sent",
  );
  for (const fact of ["seen", "backlog", "oldest", "clock", "readers", "camera", "space"]) {
    assert.notEqual(
      (await main.locator(`${by(`fact-${fact}`)} dd`).textContent()).trim(),
      "",
      fact,
    );
  }
  assert.match(await main.locator(by("fact-version")).textContent(), /\d+\.\d+/);
  assert.match(await main.locator(by("fact-space")).textContent(), /GB|MB/);
});

const strange = '<b>"Gate"</b> مريم 🦬 ' + "x".repeat(37);

test("a gate is called by another name, and its taps go on as they were", async () => {
  const rename = async (label) => {
    await page.getByRole("button", { name: /^What to do with/ }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await page.fill('input[name="label"]', label);
    await page.click(by("rename-save"));
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };
  await rename(strange);
  const main = page.locator(gateOf("main-gate"));
  await main.getByRole("heading", { name: strange, exact: true }).waitFor();
  await browser.looksWell("gates-renamed", gateOf("main-gate"));
  const { tap } = await gate.tap(card(4));
  assert.ok(tap.startsWith("main-gate."), tap);
  await page.getByRole("link", { name: "Today", exact: true }).click();
  const row = page.locator(by("arrival", `[data-tap="${tap}"]`));
  await row.getByText(strange).waitFor();
  await page.getByRole("link", { name: "Gates", exact: true }).click();
  await rename("");
  await main.getByRole("heading", { name: "main-gate", exact: true }).waitFor();
  const { body } = await school.ask(cookie, "/api/audit?what=rename");
  assert.deepEqual(
    body.data.map((each) => each.detail),
    ["main-gate", strange],
  );
});

test("a gate is let in by a code, and the page says when it is here", async () => {
  await page.click(by("add-gate"));
  await page.fill('input[name="gate"]', "no good");
  await page.waitForSelector(".field-error:has-text('without spaces')");
  await page.fill('input[name="gate"]', "north-gate");
  await page.click(by("make-code"));
  const code = await page.textContent(by("code"));
  assert.match(code, /^\w{4}-\w{4}-\w{4}$/);
  const command = await page.textContent(by("command"));
  assert.ok(command.includes(code) && command.includes(school.url), command);
  await page.waitForSelector(by("qr"));
  await page.waitForSelector('[data-here="false"]');
  await browser.looksWell("gates-code", by("qr"));
  const send = await enroll(code.toLowerCase().replaceAll("-", ""));
  report = (more = {}) => send("/api/hardware/status", { ...wounded, ...more });
  await report();
  await page.waitForSelector('[data-here="true"]');
  await page.click(by("code-done"));
});

test("what a gate needs is said, with what to do about it", async () => {
  await report();
  const north = page.locator(gateOf("north-gate"));
  await north.locator(by("todo")).first().waitFor();
  const todos = await north
    .locator(by("todo"))
    .evaluateAll((all) => all.map((each) => each.dataset.fact));
  assert.deepEqual(todos.sort(), ["backlog", "camera", "clock", "mirror", "readers", "space"]);
  assert.match(await north.locator(by("fact-backlog")).textContent(), /12 taps/);
  assert.match(await north.locator(by("fact-oldest")).textContent(), /90 minutes|2 hours/);
  assert.match(await north.locator(by("fact-readers")).textContent(), /rc522/);
  assert.match(await north.locator(by("fact-version")).textContent(), /0\.9\.1/);
});

test("refused taps have their reason, as it was typed, and are tried again", async () => {
  const refused = page.locator(by("refused", `[data-tap="${tapOf(7)}"]`));
  await refused.waitFor();
  assert.equal(await refused.locator("strong").textContent(), wounded.quarantined_taps[0].name);
  assert.match(await refused.textContent(), /under another name/);
  await refused.getByRole("button").click();
  await page.waitForSelector(by("refused", `[data-tap="${tapOf(7)}"][data-requeued="true"]`));
  await report(); // it is online
  await page.evaluate(() => scrollTo(0, 0));
  await browser.looksWell("gates", gateOf("north-gate"));
});

test("a silent gate is said, with what to look at", async () => {
  await page.waitForSelector(`${gateOf("north-gate")}[data-mood="silent"] ${by("silent-help")}`, {
    timeout: 60_000,
  });
  await page.click("nav a:has-text('Today')");
  await page.waitForSelector(by("silent", '[data-name="north-gate"]'));
  assert.match(await page.textContent(by("behind")), /12 taps wait/);
  await page.click(`${by("silent")} a`);
  await page.waitForSelector(by("silent-help"));
});

test("a gate is shut out, and what that would void is shown before", async () => {
  await gate.stop();
  const main = page.locator(gateOf("main-gate"));
  await main.getByRole("button", { name: "What to do with main-gate" }).click();
  await page.getByRole("menuitem", { name: "Shut out" }).click();
  await page.getByText("Also take what it brought").click();
  await page.waitForSelector(`${by("void-preview")}:has-text("5 taps")`);
  assert.deepEqual(await browser.barriers(), []);
  await browser.picture("gates-shut-out", "desk");
  const records = async () => (await school.ask(cookie, "/api/attendance")).body.records;
  assert.equal((await records()).length, 5, "a preview changes nothing");
  await page.getByText("Also take what it brought").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Shut out" }).click();
  await main.waitFor({ state: "detached" });
  assert.equal((await records()).length, 5, "what it brought stays");
  const out = page.locator(by("shut-out", '[data-name="main-gate"]'));
  await out.getByRole("button", { name: /Take out/ }).click();
  await page.waitForSelector(`${by("void-preview")}:has-text("5 taps")`);
  await page.getByRole("alertdialog").getByRole("button", { name: "Take out its taps" }).click();
  await until(async () => (await records()).length === 0, "the taps are out");
});

test("who is no administrator sees how gates are, and changes nothing", async () => {
  const other = await openBrowser(school.url);
  try {
    await other.page.goto(`${school.url}/gates`);
    await other.signIn("teacher");
    await other.page.waitForSelector(gateOf("north-gate"));
    assert.equal(await other.page.locator(by("add-gate")).count(), 0);
    assert.equal(await other.page.getByRole("button", { name: /What to do/ }).count(), 0);
    assert.equal(await other.page.locator(by("shut-out")).count(), 0);
    // Of refused taps, those of the own sections: Molave.
    const names = await other.page.locator(`${by("refused")} strong`).allTextContents();
    assert.deepEqual(names, ["Ana"]);
    assert.equal(await other.page.locator(`${by("refused")} button`).count(), 0);
    assert.deepEqual(await other.barriers(), []);
    other.wellBehaved();
  } finally {
    await other.close();
  }
});

test("a school without a gate is told what to do", async () => {
  const { body } = await school.ask(cookie, "/api/terminals");
  for (const each of body.data) await school.ask(cookie, `/api/terminals/${each.name}`, "DELETE");
  await page.goto(`${school.url}/gates`);
  await browser.looksWell("gates-none", `.empty ${by("add-gate")}`);
});

test("in Filipino, too", async () => {
  await page.evaluate(() => localStorage.setItem("tamtap.language", "fil"));
  await page.reload();
  await page.waitForSelector("html[lang=fil]");
  await page.waitForSelector("h1:has-text('Mga gate')");
});

test("nothing was asked of anybody else, and nothing complained", () => browser.wellBehaved());
