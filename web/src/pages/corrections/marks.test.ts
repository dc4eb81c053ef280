import { describe, expect, test } from "vitest";
import { absencesOf, daysFrom, marksIn, reasonWords } from "./marks";

const record = {
  nfc_id: "A1",
  name: "Ana Reyes",
  section: "Narra",
  day: "2026-11-30",
  status: "excused",
  time: "07:12:00",
  terminal: "staff",
  excuse_reason: "Medical",
  excuse_note: "Fever",
  marked_by: "head",
  marked_by_name: "The Head",
  marked_at: "2026-11-27T08:00:00+08:00",
};

describe("marks", () => {
  test("are what staff said, with who and why; a time only of who was here", () => {
    const tapped = { ...record, nfc_id: "B2", terminal: "gate-1", status: "on_time" };
    const here = {
      ...record,
      nfc_id: "C3",
      status: "late",
      marked_at: "2026-11-27T09:00:00+08:00",
    };
    expect(
      marksIn([record, tapped, here]).map((each) => [each.nfc_id, each.by, each.time]),
    ).toEqual([
      ["C3", "The Head", "07:12"],
      ["A1", "The Head", ""],
    ]);
  });

  test("of several days of one person are one absence, in order", () => {
    const days = ["2026-12-02", "2026-11-30", "2026-12-01"];
    const marks = marksIn(days.map((day) => ({ ...record, day })));
    const other = marksIn([{ ...record, excuse_reason: "Weather" }]);
    const absences = absencesOf([...marks, ...other]);
    expect(absences.map((each) => each.days)).toEqual([
      ["2026-11-30", "2026-12-01", "2026-12-02"],
      ["2026-11-30"],
    ]);
  });

  test("days go over the end of a month, and one day is one", () => {
    expect(daysFrom("2026-11-29", "2026-12-01")).toEqual([
      "2026-11-29",
      "2026-11-30",
      "2026-12-01",
    ]);
    expect(daysFrom("2026-11-29", "2026-11-29")).toEqual(["2026-11-29"]);
  });

  test("reasons of another version are shown as they are", () => {
    expect(reasonWords("Medical")).toBe("Illness");
    expect(reasonWords("Typhoon")).toBe("Typhoon");
  });
});
