import { expect, test } from "vitest";
import { arrivalFinder, cameIn, count, newestFirst } from "./counts";
import { comesFirst, isMark, withRecord } from "./marks";
import { arrival, heard, loaded, mark, permutations, today } from "./samples";
import { empty } from "./state";
import { statusText } from "./words";

const at = (time: string) => `${today}T${time}+08:00`;
const tap = arrival("A", { status: "late", tapped_at: at("07:30:00") });
const early = mark("A", "absent", at("06:00:00"));
const newest = mark("A", "excused", at("09:00:00"));
const id = tap.id;

test("a mark is no arrival, whatever its status, and a very late tap is one", () => {
  expect([early, newest].map(cameIn)).toEqual([false, false]);
  expect(cameIn(arrival("A", { status: "absent" }))).toBe(true);
  expect([early, newest].map(isMark)).toEqual([true, true]);
  expect(isMark(arrival("A", { tap: "", status: "absent", terminal: "" }))).toBe(true);
  expect(isMark(arrival("A", { tap: "", status: "late", terminal: "" }))).toBe(false);
});

test("a mark is said as one", () => {
  expect([early, newest].map(statusText)).toEqual(["Marked absent", "Excused"]);
  expect(statusText(arrival("A", { status: "absent" }))).toBe("Very late");
});

test("marks count among the excused or the missing, and stand in no list of arrivals", () => {
  const state = loaded([arrival("A"), mark("B", "absent"), mark("C", "excused")]);
  const counts = count(state, "");
  expect([counts.here, counts.veryLate, counts.excused, counts.notYet]).toEqual([1, 0, 1, 1]);
  expect(newestFirst(state.arrivals.values(), "").map((each) => each.nfc_id)).toEqual(["A"]);
});

test("a tap speaks before every mark, and of marks the newest does", () => {
  const earlyTap = arrival("A", { tapped_at: at("05:00:00") });
  for (const one of [tap, earlyTap]) {
    for (const other of [early, newest]) {
      expect(comesFirst(one, other)).toBe(true);
      expect(comesFirst(other, one)).toBe(false);
    }
  }
  expect(comesFirst(newest, early)).toBe(true);
  expect(comesFirst(early, newest)).toBe(false);
  const twin = mark("A", "absent", newest.tapped_at);
  expect(comesFirst(twin, newest)).toBe(twin.tap < newest.tap);
});

test("a tap and marks heard in any order come to the tap", () => {
  for (const order of permutations([early, tap, newest])) {
    for (const start of [empty, loaded([])]) {
      expect(order.reduce(heard, start).arrivals.get(id)?.tap).toBe(tap.tap);
    }
  }
});

test("marks heard in any order come to the newest", () => {
  for (const order of permutations([early, newest])) {
    expect(order.reduce(heard, loaded([])).arrivals.get(id)?.tap).toBe(newest.tap);
  }
});

test("what the store lists and what is heard are one, whichever of them has the tap", () => {
  const all = [early, tap, newest];
  const best = (some: (typeof all)[number][]) => (some.includes(tap) ? tap : some.at(-1)!);
  for (const stored of all) {
    for (const told of permutations(all.filter((each) => each !== stored))) {
      expect(told.reduce(heard, loaded([stored])).arrivals.get(id)?.tap).toBe(tap.tap);
      const state = loaded([stored], told.slice(0, 1).reduce(heard, loaded([])));
      const known = all.filter((each) => each === stored || each === told[0]);
      expect(state.arrivals.get(id)?.tap).toBe(best(known).tap);
    }
  }
});

test("a mark that the store lists beside the tap changes nothing when it is heard", () => {
  const state = loaded([{ ...tap, taps: [tap.tap, newest.tap] }]);
  expect(heard(state, newest)).toBe(state);
});

test("a new mark replaces the one before in a list, and no tap", () => {
  expect(withRecord([early], newest)).toEqual([newest]);
  expect(withRecord([newest], early)).toEqual([newest]);
  expect(withRecord([tap], newest)).toEqual([tap]);
  expect(withRecord([arrival("B")], newest)).toHaveLength(2);
});

test("a mark under one card gives way to a tap under another", () => {
  const marked = { ...mark("OLD", "absent"), tamtap_id: "007" };
  const came = arrival("NEW", { tamtap_id: "007" });
  const student = { nfc_id: "OLD", tamtap_id: "007", name: "Ana", grade: "7", section: "Narra" };
  for (const order of permutations([marked, came])) {
    expect(arrivalFinder(order)(student)?.tap).toBe(came.tap);
    expect(arrivalFinder(order)({ ...student, nfc_id: "NEW" })?.tap).toBe(came.tap);
  }
});
