// Both catalogues say all that pages ask for, and nothing that none asks for.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { languages, speak, t } from "./words";

const source = "src";
const catalogue = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`${source}/i18n/${language}.json`, "utf8"));
const english = catalogue("en");

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|schema\.d\.ts$/.test(name))
  .map((name) => readFileSync(join(source, name), "utf8"))
  .join("\n");

const named = (message: string) =>
  [...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((each) => each[1]).filter((n) => !/^\d/.test(n));

test.each(languages)("%s has every word, in order, with the same values", (language) => {
  const words = catalogue(language);
  expect(Object.keys(words)).toEqual(Object.keys(english));
  expect(Object.keys(words)).toEqual([...Object.keys(words)].sort());
  for (const [key, message] of Object.entries(words)) {
    expect(message.trim(), key).not.toBe("");
    expect(new Set(named(message)), key).toEqual(new Set(named(english[key])));
  }
});

test("no word is left that nothing asks for", () => {
  const unused = Object.keys(english).filter((key) => !files.includes(`"${key}"`));
  expect(unused).toEqual([]);
});

test("what is asked for by t() is in the catalogue", () => {
  const asked = [...files.matchAll(/\bt\(\s*"([^"]+)"/g)].map((each) => each[1]);
  expect(asked.filter((key) => !(key in english))).toEqual([]);
});

test("numbers and plurals follow the language", async () => {
  expect(t("people.count", { count: 1 })).toBe("1 student");
  expect(t("people.count", { count: 1200 })).toBe("1,200 students");
  await speak("fil");
  expect(t("people.count", { count: 1200 })).toBe("1,200 mag-aaral");
  await speak("en");
});
