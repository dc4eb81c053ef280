import { expect, test } from "vitest";
import { schoolClock, schoolTime } from "./school_clock";

const now = Date.parse("2026-11-23T00:00:00Z");

test("the time is the school's, whatever the device's zone and clock are", () => {
  const right = schoolClock("Asia/Manila", "2026-11-23T08:00:00+08:00", now);
  expect(schoolTime(right, now + 60_000)).toBe("08:01");
  const slow = schoolClock("Asia/Manila", "2026-11-23T09:30:00+08:00", now);
  expect(schoolTime(slow, now)).toBe("09:30");
  expect(schoolTime(schoolClock("America/New_York", "2026-11-22T19:00:00-05:00", now), now)).toBe(
    "19:00",
  );
});

test("midnight is no 24 o'clock", () => {
  const clock = schoolClock("Asia/Manila", "2026-11-23T00:00:30+08:00", now);
  expect(schoolTime(clock, now)).toBe("00:00");
});

test("a server that says no zone, or one that nobody knows, leaves the device's", () => {
  expect(schoolClock("", "", now)).toEqual({ zone: "", ahead: 0 });
  expect(schoolTime({ zone: "", ahead: 0 }, now)).toMatch(/^\d\d:\d\d$/);
  expect(schoolTime({ zone: "Moon/Tycho", ahead: 0 }, now)).toMatch(/^\d\d:\d\d$/);
});
