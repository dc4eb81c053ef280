import { expect, test } from "vitest";
import { count, empty, newestFirst, reduce, slots } from "./state";
import type { Arrival, Summary } from "./types";

const arrival = (person: string, more: Partial<Arrival> = {}): Arrival => ({
  _id: `2026-11-23/${person}`,
  tap: `gate.a.${person}`,
  nfc_id: person,
  tamtap_id: "001",
  name: "Ana",
  grade: "7",
  section: "Narra",
  day: "2026-11-23",
  time: "07:01:00",
  session: "AM",
  status: "on_time",
  photo: null,
  tapped_at: "2026-11-23T07:01:00+08:00",
  terminal: "gate",
  role: "student",
  clock: "synchronised",
  ...more,
});

const summary: Summary = {
  date: "2026-11-23",
  isInstructional: true,
  calendarStatus: "instructional",
  calendarLabel: "Class day",
  stats: { totalStudents: 3, absent: 0, excused: 0 },
};

const loaded = (arrivals: Arrival[]) =>
  reduce(empty, {
    kind: "loaded",
    day: "2026-11-23",
    summary,
    arrivals,
    sections: [
      { section: "Narra", total: 2 },
      { section: "Molave", total: 1 },
    ],
    refusals: [],
    terminals: [],
  });

test("the same arrival heard twice counts once", () => {
  let state = loaded([]);
  state = reduce(state, { kind: "arrival", arrival: arrival("A") });
  const again = reduce(state, { kind: "arrival", arrival: arrival("A") });
  expect(again).toBe(state);
  expect(count(state, "").present).toBe(1);
});

test("counts follow the section", () => {
  const state = loaded([
    arrival("A"),
    arrival("B", { section: "Molave", status: "late" }),
    arrival("T", { role: "teacher" }),
  ]);
  expect(count(state, "")).toEqual({
    total: 3,
    onTime: 1,
    late: 1,
    present: 2,
    here: 2,
    notYet: 1,
  });
  expect(count(state, "Molave")).toEqual({
    total: 1,
    onTime: 0,
    late: 1,
    present: 1,
    here: 1,
    notYet: 0,
  });
});

test("an arrival heard while the list was loading is kept", () => {
  const early = reduce(empty, { kind: "arrival", arrival: arrival("A") });
  const state = reduce(early, {
    kind: "loaded",
    day: "2026-11-23",
    summary,
    arrivals: [arrival("B")],
    sections: [],
    refusals: [],
    terminals: [],
  });
  expect([...state.arrivals.keys()].sort()).toEqual(["2026-11-23/A", "2026-11-23/B"]);
});

test("a new day begins empty, and an old day's arrival is not today's", () => {
  const state = loaded([arrival("A")]);
  const old = arrival("C", { _id: "2026-11-22/C", day: "2026-11-22" });
  expect(reduce(state, { kind: "arrival", arrival: old })).toBe(state);
  const next = arrival("A", { _id: "2026-11-24/A", day: "2026-11-24" });
  expect(reduce(state, { kind: "arrival", arrival: next }).arrivals.size).toBe(1);
});

test("the newest arrival stands first", () => {
  const state = loaded([arrival("A"), arrival("B", { tapped_at: "2026-11-23T07:02:00+08:00" })]);
  expect(newestFirst(state, "").map((each) => each.nfc_id)).toEqual(["B", "A"]);
});

test("slots are five minutes and have no holes", () => {
  const result = slots([arrival("A"), arrival("B", { time: "07:12:00", status: "late" })]);
  expect(result[0]).toEqual({ label: "07:00", onTime: 1, late: 0 });
  expect(result[2]).toEqual({ label: "07:10", onTime: 0, late: 1 });
  expect(result).toHaveLength(12);
  expect(slots([])).toEqual([]);
});
