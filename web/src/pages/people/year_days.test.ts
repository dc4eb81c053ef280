import { expect, test } from "vitest";
import { beginOf, dayOf, type CalendarDay } from "./year_days";

const calendar = (isInstructional: boolean): CalendarDay => ({
  date: "2026-11-20",
  status: isInstructional ? "instructional" : "weekend",
  isInstructional,
  label: "",
  reason: "",
  dayName: "",
});
const tone = (day: string, classes = true) =>
  dayOf(day, undefined, calendar(classes), "2026-09-01", "2026-11-23").tone;

test("a past class day without a record is an absence, today's is not yet", () => {
  expect(tone("2026-11-20")).toBe("absent");
  expect(tone("2026-11-23")).toBe("ahead");
  expect(tone("2026-11-24")).toBe("ahead");
  expect(tone("2026-11-20", false)).toBe("free");
});

test("nobody was absent before they were registered", () => {
  expect(tone("2026-08-31")).toBe("free");
});

test("days count from the registration, or from an earlier record", () => {
  expect(beginOf("2026-11-02", [], "2026-01-01")).toBe("2026-11-02");
  expect(beginOf("2026-11-02", [{ day: "2026-10-05" }], "2026-01-01")).toBe("2026-10-05");
  expect(beginOf("2020-06-01 08:00", [], "2026-01-01")).toBe("2026-01-01");
  expect(beginOf("", [], "2026-01-01")).toBe("2026-01-01");
});
