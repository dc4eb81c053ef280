import { expect, test } from "vitest";
import { deedText } from "./deeds";
import { queryOf } from "./filters";

test("what was done is said in the reader's words", () => {
  expect(deedText("mark absent")).toBe("Marked absent");
  expect(deedText("mark 12 people absent")).toBe("Marked 12 people");
  expect(deedText("mark late")).toBe("Marked as here");
});

test("what is not known is shown as it is", () => {
  expect(deedText("erase a person")).toBe("Erase a person");
  expect(deedText("")).toBe("");
});

test("filters that are empty are not asked for", () => {
  expect(queryOf({ who: "head", whom: " " })).toEqual({ who: "head" });
});
