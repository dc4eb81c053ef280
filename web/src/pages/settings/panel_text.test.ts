import { expect, test } from "vitest";
import { cellsOf, faultOf, linesOf, textOf } from "./panel_text";

test("two lines are one text and back, without spaces around them", () => {
  expect(linesOf("WAITING FOR/TAMARAW...")).toEqual(["WAITING FOR", "TAMARAW..."]);
  expect(linesOf("HELLO")).toEqual(["HELLO", ""]);
  expect(textOf([" HELLO ", ""])).toBe("HELLO/");
});

test("a line fills its sixteen cells, a character each", () => {
  expect(cellsOf("Niño")).toHaveLength(16);
  expect(cellsOf("Niño").join("").trimEnd()).toBe("Niño");
});

test("what does not fit the display is a fault", () => {
  expect(faultOf(["WAITING FOR", "TAMARAW..."])).toBeNull();
  expect(faultOf(["", "TAMARAW"])).toBe("empty");
  expect(faultOf(["A".repeat(17), ""])).toBe("long");
  expect(faultOf(["ñ".repeat(16), ""])).toBeNull();
  expect(faultOf(["IN/OUT", ""])).toBe("slash");
});
