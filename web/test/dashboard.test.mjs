// The dashboard in a real browser. By itself it starts the mock server, and then also tries what only
// a server that misbehaves on request can show. With TAMTAP_URL, TAMTAP_USER and TAMTAP_PASSWORD it
// looks at that server; somebody must be tapping there meanwhile.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./browser.mjs";

const real = process.env.TAMTAP_URL;
const { startMock } = real ? {} : await import("../dev/mock_server.mjs");
const mock = real ? null : await startMock({ until: 6.8 * 3600 });
const url = (real ?? mock.url).replace(/\/$/, "");
const user = real ? process.env.TAMTAP_USER : mock.user;
const password = real ? process.env.TAMTAP_PASSWORD : mock.password;

const sizes = [
  ["phone", { width: 390, height: 844 }, ""],
  ["laptop", { width: 1366, height: 900 }, ""],
  ["wall", { width: 1920, height: 1080 }, "?wall"],
];

let browser;
let page;
let tapping;

before(async () => {
  assert.ok(user && password, "TAMTAP_URL needs TAMTAP_USER and TAMTAP_PASSWORD beside it");
  mock?.refuse();
  if (mock) tapping = setInterval(() => mock.tap(), 1500);
  browser = await openBrowser(url);
  page = browser.page;
});

after(async () => {
  clearInterval(tapping);
  await browser?.close();
  await mock?.close();
});

const by = (id) => `[data-testid="${id}"]`;
const live = (state) => page.waitForSelector(`${by("live-state")}[data-state="${state}"]`);
const shown = (id, value) =>
  page.waitForFunction(
    ([name, wanted]) => document.querySelector(name)?.textContent === String(wanted),
    [by(id), value],
  );

async function signIn() {
  await page.waitForSelector(by("login-form"));
  await page.fill('input[name="username"]', user);
  await page.fill('input[name="password"]', password);
  await page.click('button[type="submit"]');
  await live("live");
}

test("the sign-in page is accessible, and a wrong password is said", async () => {
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto(url);
    await page.waitForSelector(by("login-form"));
    assert.deepEqual(await browser.barriers(), []);
  }
  await browser.picture("sign-in");
  await page.fill('input[name="username"]', user);
  await page.fill('input[name="password"]', "not the password");
  await page.click('button[type="submit"]');
  await page.waitForSelector(`${by("login-error")}:not(:empty)`);
  await signIn();
});

test("an arrival appears without a reload, once, and is counted", async () => {
  await page.waitForSelector(by("arrival"), { timeout: 30_000 });
  await page.evaluate(() => (window.notReloaded = true));
  const newest = await page.locator(by("arrival")).first().getAttribute("data-tap");
  await page.waitForFunction(
    ([row, tap]) => document.querySelector(row).dataset.tap !== tap,
    [by("arrival"), newest],
    { timeout: 60_000 },
  );
  assert.equal(await page.evaluate(() => window.notReloaded), true);
  const taps = await page
    .locator(by("arrival"))
    .evaluateAll((rows) => rows.map((row) => row.dataset.tap));
  assert.equal(new Set(taps).size, taps.length);
  const [onTime, late, present] = await page.evaluate(() =>
    ["on-time", "late", "present"].map((id) =>
      Number(document.querySelector(`[data-testid="count-${id}"]`).textContent),
    ),
  );
  assert.equal(present, onTime + late);
  assert.ok((await browser.number("count-total")) > 0);
});

test("gates and sections are shown", async () => {
  await page.waitForSelector(`${by("terminal")}[data-name]`, { timeout: 20_000 });
  assert.ok((await page.locator(`${by("sections")} li`).count()) > 0);
});

test("choosing a section shows its arrivals only", async () => {
  const section = await page
    .locator(`${by("sections")} li`)
    .first()
    .getAttribute("data-section");
  await page.selectOption(by("section-filter"), section);
  const pressed = page.locator(`${by("sections")} [aria-pressed="true"]`);
  assert.equal(await pressed.count(), 1);
  const places = await page.locator(`${by("arrival")} small`).allTextContents();
  assert.ok(places.every((each) => each.startsWith(section)));
  await pressed.click();
  assert.equal(await page.inputValue(by("section-filter")), "");
});

for (const [name, size, query] of sizes) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${name}, ${colorScheme}: accessible, and nothing sticks out`, async () => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(`${url}/${query}`);
      await page.waitForSelector(by("arrival"));
      await page.waitForSelector(".plot svg");
      await browser.picture(`${name}-${colorScheme}`);
      assert.deepEqual(await browser.barriers(), []);
      assert.equal(await browser.scrollsSideways(), false);
      if (query === "") return;
      const low = await page.evaluate(() => document.body.scrollHeight > innerHeight);
      assert.equal(low, false, "nobody scrolls a wall");
    });
  }
}

test("students and past days are found, by link and by address", async () => {
  for (const [place, row] of [
    ["/students", by("student")],
    ["/days", "h1"],
  ]) {
    for (const [name, size] of sizes.slice(0, 2)) {
      await page.setViewportSize(size);
      await page.goto(url + place);
      await page.waitForSelector(row);
      await browser.picture(`${name}${place.replace("/", "-")}`);
      assert.deepEqual(await browser.barriers(), []);
      assert.equal(await browser.scrollsSideways(), false);
    }
  }
  await page.click("nav a:has-text('Students')");
  const card = await page.locator(by("student")).nth(1).getAttribute("data-card");
  await page.fill('input[type="search"]', card.toLowerCase());
  await page.waitForFunction(
    ([rows, wanted]) => {
      const found = [...document.querySelectorAll(rows)];
      return found.length === 1 && found[0].dataset.card === wanted;
    },
    [by("student"), card],
  );
  await page.goBack();
  await page.waitForSelector('input[type="date"]');
  await page.click("nav a:has-text('Today')");
  await page.waitForSelector(by("arrivals"));
});

test("light and dark are chosen by a button, and the choice is kept", async () => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(url);
  await page.click('button[aria-label="Dark colours"]');
  await page.waitForSelector('html[data-theme="dark"]');
  await page.reload();
  await page.waitForSelector('html[data-theme="dark"]');
  await page.click('button[aria-label="Light colours"]');
  await page.waitForSelector('html[data-theme="light"]');
});

if (mock) {
  test("the same event told three times counts once", async () => {
    clearInterval(tapping);
    await live("live");
    await shown("count-present", mock.records.length);
    const record = mock.tap({ tell: 3 });
    const row = `${by("arrival")}[data-tap="${record.tap}"][data-card="${record.nfc_id}"]`;
    await page.waitForSelector(row);
    await shown("count-present", mock.records.length);
    assert.equal(await page.locator(row).count(), 1);
  });

  test("a name is text, whatever it holds", async () => {
    const name = "<script>window.evil=1</script><img src=x onerror=window.evil=1>";
    const { tap } = mock.tap({ name });
    const row = page.locator(`${by("arrival")}[data-tap="${tap}"]`);
    await row.waitFor();
    assert.equal(await row.locator("strong").textContent(), name);
    mock.refuse({ name, nfc_id: "0BADCA4D", reason: name, decline_code: "" });
    await page.waitForSelector(`${by("refusal")}[data-card="0BADCA4D"]`);
    assert.equal(await page.evaluate(() => window.evil), undefined);
  });

  test("a photo that is not there gives way to initials", async () => {
    const { tap } = mock.tap({ photo: "nobody.jpg" });
    await page.waitForSelector(`${by("arrival")}[data-tap="${tap}"] span.face`);
  });

  test("a refusal is said in words", async () => {
    mock.refuse({ nfc_id: "CAFEBABE" });
    const row = page.locator(`${by("refusal")}[data-card="CAFEBABE"]`);
    await row.waitFor();
    assert.match(await row.textContent(), /Card not registered/);
  });

  test("a gate that falls silent is said", async () => {
    const gate = mock.gates[0];
    gate.online = false;
    mock.tellStatus();
    await page.waitForSelector(`${by("terminal")}[data-name="main-gate"][data-online="false"]`);
    gate.online = true;
    mock.tellStatus();
    await page.waitForSelector(`${by("terminal")}[data-name="main-gate"][data-online="true"]`);
  });

  test("a lost connection is said, and nothing that happened meanwhile is missed", async () => {
    mock.setAway(true);
    await live("lost");
    await page.waitForSelector(by("live-lost"));
    assert.match(await page.textContent(by("live-lost")), /still being recorded at the gates/);
    assert.deepEqual(await browser.barriers(), []);
    await browser.picture("lost");
    const missed = [mock.tap(), mock.tap()];
    mock.setAway(false);
    await live("live");
    for (const { tap } of missed) {
      await page.waitForSelector(`${by("arrival")}[data-tap="${tap}"]`);
    }
    await shown("count-present", mock.records.length);
    await page.waitForSelector(by("live-lost"), { state: "detached" });
  });

  test("a server that hangs up is called again", async () => {
    mock.hangUp();
    await live("lost");
    await live("live");
  });

  test("an arrival that the store does not have yet stays through a reload of the lists", async () => {
    const { tap } = mock.tap({ stored: false });
    const row = `${by("arrival")}[data-tap="${tap}"]`;
    await page.waitForSelector(row);
    const asked = page.waitForResponse(/\/api\/attendance$/);
    mock.hangUp();
    await live("lost");
    await asked;
    await live("live");
    assert.equal(await page.locator(row).count(), 1);
  });

  test("a session that has ended leads back to the sign-in page", async () => {
    mock.endSessions();
    await signIn();
  });
}

test("nothing was asked of anybody else, and nothing complained", () => {
  assert.deepEqual(browser.strangers, []);
  assert.deepEqual(browser.complaints, []);
});

test("signing out leads to the sign-in page and stays there", async () => {
  await page.click('button[aria-label^="Sign out"]');
  await page.waitForSelector(by("login-form"));
  await page.reload();
  await page.waitForSelector(by("login-form"));
});
