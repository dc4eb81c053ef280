import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { saidBySentence, sentence } from "./said";

test("the server says each of these sentences, and they are shown as it says them", () => {
  const server = new URL("../../../src/server/", import.meta.url);
  const sources = readdirSync(server)
    .filter((each) => /(?<!_test)\.cc$/.test(each))
    .map((each) => readFileSync(new URL(each, server), "utf8"))
    .join("\n");
  for (const each of Object.keys(saidBySentence)) {
    expect(sources, each).toContain(`"${each}"`);
    expect(sentence(each).toLowerCase()).toBe(`${each.toLowerCase()}.`);
  }
});

test("other sentences are shown as sentences", () => {
  expect(sentence("the disk is full; free some space")).toBe("The disk is full; free some space.");
  expect(sentence("Why?")).toBe("Why?");
});
