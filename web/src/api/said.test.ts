import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { saidOfSheets, sheetSentence } from "../components/sheet_sentences";
import { speak } from "../i18n/words";
import { saidBySentence, sentence } from "./said";

afterAll(() => speak("en"));

const sources = ["messages", "school", "server", "tap"]
  .flatMap((room) => {
    const folder = new URL(`../../../src/${room}/`, import.meta.url);
    return readdirSync(folder)
      .filter((each) => /(?<!_test)\.cc$/.test(each))
      .map((each) => readFileSync(new URL(each, folder), "utf8"));
  })
  .join("\n")
  .replace(/"\s*\n\s*"/g, ""); // a literal that stands on several lines

const straight = (text: string) => text.toLowerCase().replace(/[“”‘’']/g, "'");

test.each([
  ["at all", saidBySentence, sentence],
  ["of sheets", saidOfSheets, sheetSentence],
])("the server says each of these sentences %s, and they are shown as it says them", (...of) => {
  const [, sentences, show] = of;
  expect(Object.keys(sentences)).toEqual(Object.keys(sentences).sort());
  for (const each of Object.keys(sentences)) {
    expect(sources, each).toContain(`"${each.replace(/\{\w+\}/g, "{}")}"`);
    const filled = each.replace(/\{(\w+)\}/g, "Some $1; (a+b) {c}");
    expect(straight(show(filled)), each).toBe(`${straight(filled)}.`);
  }
});

test("what was tried stands before it, and is not said again", () => {
  expect(sentence("register Ana; Ben; the card 04AA belongs to Cora")).toBe(
    "The card 04AA belongs to Cora.",
  );
  expect(sentence("set a password; use at least 8 characters")).toBe("Use at least 8 characters.");
});

test("they are said in the reader's language, with what the server put there", async () => {
  await speak("fil");
  expect(sheetSentence("not kept: Contact No, No.")).toBe("Hindi itinago: Contact No, No.");
  expect(sheetSentence("a guardian of Ana: 'x@' is no mail address")).toBe(
    "Isang tagapag-alaga ni Ana: Hindi mail address ang “x@”.",
  );
  expect(sentence("the card 04AA belongs to Niño {x}")).toBe("Kay Niño {x} ang kard na 04AA.");
  await speak("en");
});

test("other sentences are shown as sentences", () => {
  expect(sentence("the disk is full; free some space")).toBe("The disk is full; free some space.");
  expect(sentence("Why?")).toBe("Why?");
});
