import { expect, test } from "vitest";
import { count } from "./counts";
import { answers, arrival, heard, loaded, today } from "./samples";
import { empty, reduce } from "./state";
import type { Refusal } from "./types";

const refusal = (more: Partial<Refusal> = {}): Refusal => ({
  id: "",
  owner: "",
  nfc_id: "DEADBEEF",
  name: "",
  reason: "UNKNOWN_CARD",
  decline_code: "UNKNOWN_CARD",
  terminal: "gate",
  timestamp: `${today}T07:00:00+08:00`,
  ...more,
});

test("the same arrival heard twice changes nothing the second time", () => {
  const state = heard(loaded([]), arrival("A"));
  expect(heard(state, arrival("A"))).toBe(state);
  expect(count(state, "").present).toBe(1);
});

test("what is told in a moment comes to the same as one after the other", () => {
  const told = [
    arrival("A", { tap: "north.1", tapped_at: `${today}T07:30:00+08:00` }),
    arrival("B"),
    arrival("A", { tap: "main.1", tapped_at: `${today}T06:59:00+08:00` }),
    arrival("C", { day: "2026-11-24", id: "2026-11-24/C" }),
    arrival("D", { day: "2026-11-20", id: "2026-11-20/D" }),
  ];
  const start = loaded([]);
  const departure = { kind: "departure" as const, id: told[1].id, time: "16:00:00" };
  const alone = reduce(told.reduce(heard, start), departure);
  const changes = [...told.map((each) => ({ kind: "arrival" as const, arrival: each })), departure];
  expect(reduce(start, { kind: "several", changes })).toEqual(alone);
  expect(alone.arrivals.size).toBe(2);
  expect(reduce(alone, { kind: "several", changes: changes.slice(0, 3) })).toBe(alone);
});

test("an arrival that the server listed is not counted again when it is heard", () => {
  const state = loaded([arrival("A", { taps: ["gate.a.A", "gate.b.9"] })]);
  expect(heard(state, arrival("A"))).toBe(state);
  expect(heard(state, arrival("A", { tap: "gate.b.9" }))).toBe(state);
});

test("a tap that was listed under another person's id is the same tap", () => {
  // A notification names the card that was tapped; the store names the person's first card.
  const state = heard(loaded([]), arrival("NEW", { tap: "gate.a.1" }));
  const after = loaded([arrival("OLD", { tap: "gate.a.1" })], state);
  expect([...after.arrivals.keys()]).toEqual([`${today}/OLD`]);
});

test("an arrival that no gate has sent to the store yet outlives a reload", () => {
  const state = loaded([arrival("B")], heard(loaded([]), arrival("A")));
  expect([...state.arrivals.keys()].sort()).toEqual([`${today}/A`, `${today}/B`]);
});

test("what the store no longer has, and no gate told of, goes with the next reload", () => {
  expect(loaded([], loaded([arrival("A")])).arrivals.size).toBe(0);
});

test("the store's word on a tap beats what was heard of it", () => {
  const state = loaded([arrival("A", { status: "excused" })], heard(loaded([]), arrival("A")));
  expect(state.arrivals.get(`${today}/A`)?.status).toBe("excused");
});

test("of two taps at two gates the earlier is the arrival, in either order", () => {
  const early = arrival("A", { tap: "north.1", tapped_at: `${today}T06:59:00+08:00` });
  const late = arrival("A", { tap: "main.1", tapped_at: `${today}T07:30:00+08:00` });
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    const state = order.reduce(heard, loaded([]));
    expect(state.arrivals.get(early.id)?.tap).toBe("north.1");
    expect(state.arrivals.size).toBe(1);
  }
  const behind = loaded([late], heard(loaded([]), early));
  expect(behind.arrivals.get(early.id)?.tap).toBe("north.1");
});

test("the earlier of two taps is told by the instant, not by its spelling", () => {
  const utc = arrival("A", { tap: "b", tapped_at: `2026-11-22T23:00:00Z` });
  const local = arrival("A", { tap: "a", tapped_at: `${today}T07:00:01+08:00` });
  expect([local, utc].reduce(heard, loaded([])).arrivals.get(utc.id)?.tap).toBe("b");
});

test("an arrival that was heard before the first answer is kept", () => {
  const state = loaded([arrival("B")], heard(empty, arrival("A")));
  expect(state.arrivals.size).toBe(2);
});

test("an arrival dated tomorrow empties nothing, and is there when the server says that day has come", () => {
  const state = loaded([arrival("A")]);
  expect(heard(state, arrival("C", { id: "2026-11-22/C", day: "2026-11-22" }))).toBe(state);
  const early = heard(state, arrival("A", { id: "2026-11-24/A", day: "2026-11-24" }));
  expect([...early.arrivals.keys()]).toEqual([`${today}/A`]);
  expect(early.day).toBe(today);
  const reloaded = loaded([arrival("A")], early);
  expect([...reloaded.arrivals.keys()]).toEqual([`${today}/A`]);
  const next = reduce(reloaded, {
    kind: "loaded",
    answers: { ...answers([]), today: { date: "2026-11-24", arrivals: [] } },
  });
  expect([...next.arrivals.keys()]).toEqual(["2026-11-24/A"]);
});

test("what was told of tomorrow before the first answer does not hide today", () => {
  const tomorrow = arrival("B", { id: "2026-11-24/B", day: "2026-11-24" });
  const state = loaded([], [tomorrow, arrival("A")].reduce(heard, empty));
  expect([...state.arrivals.keys()]).toEqual([`${today}/A`]);
});

test("refusals stand newest first, each once, today's only", () => {
  let state = reduce(loaded([]), { kind: "refusal", refusal: refusal() });
  state = reduce(state, { kind: "refusal", refusal: refusal() });
  const later = refusal({ timestamp: `${today}T07:05:00+08:00` });
  const old = refusal({ timestamp: "2026-11-22T07:05:00+08:00" });
  state = reduce(state, {
    kind: "loaded",
    answers: answers([], { refusals: [later, refusal(), old] }),
  });
  expect(state.refusals).toEqual([later, refusal()]);
});

test("a refusal that was heard of and then listed with the gate's time stands once", () => {
  const told = refusal({ id: "gate.a.1", timestamp: `${today}T07:00:01+08:00` });
  const listed = refusal({ id: "gate.a.1" });
  const state = reduce(loaded([]), { kind: "refusal", refusal: told });
  const both = reduce(state, { kind: "loaded", answers: answers([], { refusals: [listed] }) });
  expect(both.refusals).toEqual([listed]);
});

test("a refresh that failed keeps what was known, and the next one clears the trouble", () => {
  const failed = reduce(loaded([arrival("A")]), { kind: "failed", message: "away" });
  expect(failed.trouble).toBe("away");
  expect(failed.arrivals.size).toBe(1);
  expect(loaded([], failed).trouble).toBe("");
});

test("who left shows when, also if only the store had told of them, and nobody is counted twice", () => {
  const state = heard(loaded([arrival("A")]), arrival("B"));
  const left = reduce(state, { kind: "departure", id: `${today}/A`, time: "16:00:00" });
  const both = reduce(left, { kind: "departure", id: `${today}/B`, time: "16:05:00" });
  expect([...both.arrivals.values()].map((each) => each.departure)).toEqual([
    "16:00:00",
    "16:05:00",
  ]);
  expect(count(both, "").present).toBe(2);
  const stranger = reduce(both, { kind: "departure", id: `${today}/C`, time: "16:00:00" });
  expect(stranger.arrivals.size).toBe(2);
});
