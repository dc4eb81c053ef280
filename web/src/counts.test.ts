import { expect, test } from "vitest";
import {
  arrivalFinder,
  count,
  countSections,
  newestFirst,
  roundMarks,
  countBy,
  slots,
} from "./counts";
import { arrival, loaded } from "./samples";

test("counts follow the section, and teachers are no students", () => {
  const state = loaded([
    arrival("A"),
    arrival("B", { section: "Molave", status: "late" }),
    arrival("T", { role: "teacher" }),
  ]);
  const rest = { veryLate: 0, excused: 0 };
  expect(count(state, "")).toEqual({
    ...rest,
    total: 3,
    onTime: 1,
    late: 1,
    present: 2,
    here: 2,
    notYet: 1,
  });
  expect(count(state, "Molave")).toEqual({
    ...rest,
    total: 1,
    onTime: 0,
    late: 1,
    present: 1,
    here: 1,
    notYet: 0,
  });
  expect(countSections(state).map(([name, each]) => [name, each.present])).toEqual([
    ["Narra", 1],
    ["Molave", 1],
  ]);
});

test("who came very late is here but not present, who was marked absent is neither", () => {
  const state = loaded([
    arrival("A", { status: "absent" }),
    arrival("B", { status: "absent", tap: "" }),
    arrival("C", { status: "excused", tap: "" }),
  ]);
  const counts = count(state, "");
  expect([counts.veryLate, counts.here, counts.present]).toEqual([1, 1, 0]);
  expect([counts.excused, counts.notYet]).toEqual([1, 1]);
  expect(newestFirst(state.arrivals.values(), "").map((each) => each.nfc_id)).toEqual(["A"]);
});

test("more taps than students on the list leave nobody below nothing", () => {
  const state = loaded(["A", "B", "C", "D"].map((each) => arrival(each)));
  expect(count(state, "").notYet).toBe(0);
});

test("the newest arrival stands first, whatever the offset of its time", () => {
  const list = newestFirst(
    [
      arrival("A", { tapped_at: "2026-11-23T07:01:00+08:00" }),
      arrival("B", { tapped_at: "2026-11-22T23:02:00Z" }),
    ],
    "",
  );
  expect(list.map((each) => each.nfc_id)).toEqual(["B", "A"]);
});

test("slots are a minute and have no holes", () => {
  const { minutes, slots: result } = slots([
    arrival("A", { time: "07:04:59" }),
    arrival("B", { time: "07:06:00", status: "late" }),
    arrival("C", { time: "" }),
  ]);
  expect(minutes).toBe(1);
  expect(result[0]).toEqual({ minute: 424, onTime: 1, late: 0 });
  expect(result[1]).toEqual({ minute: 425, onTime: 0, late: 0 });
  expect(result[2]).toEqual({ minute: 426, onTime: 0, late: 1 });
  expect(result).toHaveLength(90);
  expect(slots([]).slots).toEqual([]);
});

test("a chart late in the evening ends with the day", () => {
  const { slots: result } = slots([arrival("A", { time: "23:50:00" })]);
  expect(result[0].minute).toBe(1350);
  expect(result.at(-1)?.minute).toBe(1439);
});

test("a long day has wider slots", () => {
  const morning = arrival("A", { time: "07:04:59" });
  expect(slots([morning, arrival("B", { time: "10:00:00" })]).minutes).toBe(5);
  const all = slots([morning, arrival("B", { time: "21:59:00", status: "late" })]);
  expect(all.minutes).toBe(15);
  expect(all.slots[0]).toEqual({ minute: 420, onTime: 1, late: 0 });
  expect(all.slots.at(-1)).toEqual({ minute: 1305, onTime: 0, late: 1 });
});

test("the day before stands beside today, its stragglers left out", () => {
  const then = Array.from({ length: 100 }, (_, n) =>
    arrival(`A${n}`, { time: `07:${String(n % 30).padStart(2, "0")}:00` }),
  );
  const { slots: result, before } = slots(
    [arrival("A", { time: "07:10:00" })],
    [...then, arrival("S", { time: "16:00:00" })],
  );
  expect(result[0].minute).toBe(420);
  expect(before).toHaveLength(result.length);
  expect(before.reduce((a, b) => a + b)).toBe(100);
  expect(countBy(then, "07:09")).toBe(40);
});

test("a replaced card still finds its person", () => {
  const find = arrivalFinder([arrival("OLD", { tamtap_id: "007" })]);
  const student = { nfc_id: "NEW", tamtap_id: "007", name: "Ana", grade: "7", section: "Narra" };
  expect(find(student)?.nfc_id).toBe("OLD");
  expect(find({ ...student, tamtap_id: "" })).toBeUndefined();
});

test("an axis has round marks, and the highest bar ends below the last", () => {
  expect(roundMarks(4, 4)).toEqual([0, 1, 2, 3, 4]);
  expect(roundMarks(37, 4)).toEqual([0, 10, 20, 30, 40]);
  expect(roundMarks(180, 3)).toEqual([0, 100, 200]);
  expect(roundMarks(4, 1)).toEqual([0, 5]);
});
