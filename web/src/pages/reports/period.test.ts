import { describe, expect, test } from "vitest";
import { next, periodOf } from "./period";

describe("periods", () => {
  test("a week is from Monday to Sunday, a month is whole, in leap years too", () => {
    expect(periodOf("week", "2026-11-29")).toMatchObject({ from: "2026-11-23", to: "2026-11-29" });
    expect(periodOf("week", "2026-11-30")).toMatchObject({ from: "2026-11-30", to: "2026-12-06" });
    expect(periodOf("month", "2028-02-10")).toMatchObject({ from: "2028-02-01", to: "2028-02-29" });
    expect(periodOf("day", "2026-11-27")).toMatchObject({ from: "2026-11-27", to: "2026-11-27" });
  });

  test("any days are put in order, and no more than the server takes", () => {
    expect(periodOf("range", "2026-11-27", "2026-11-02")).toMatchObject({
      from: "2026-11-02",
      to: "2026-11-27",
    });
    expect(periodOf("range", "2020-01-01", "2026-11-27").from).toBe("2025-10-23");
  });

  test("the one before and the one after are of the same kind", () => {
    expect(next(periodOf("month", "2026-12-15"), 1)).toMatchObject({
      from: "2027-01-01",
      to: "2027-01-31",
    });
    expect(next(periodOf("week", "2026-11-23"), -1).from).toBe("2026-11-16");
  });
});
