import { expect, test } from "vitest";
import { addMonths, daysOf, isDay, lastDayOf, weekdayNames, weekdayOf } from "./days";

test("months go over the end of a year", () => {
  expect(addMonths("2026-11", 3)).toBe("2027-02");
  expect(addMonths("2026-02", -12)).toBe("2025-02");
});

test("a month has its days, also in February", () => {
  expect(lastDayOf("2028-02")).toBe("2028-02-29");
  expect(daysOf("2027-02")).toHaveLength(28);
});

test("weeks begin on Monday", () => {
  expect(weekdayOf("2026-11-23")).toBe(0);
  expect(weekdayOf("2026-11-29")).toBe(6);
  expect(weekdayNames("long")[0]).toBe("Monday");
});

test("what is no day is told", () => {
  expect(isDay("2026-11-23")).toBe(true);
  expect(isDay("2026-13-23")).toBe(false);
  expect(isDay("23/11/2026")).toBe(false);
});
