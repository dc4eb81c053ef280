import { expect, test } from "vitest";
import { byGate, countOf, newestDayFirst, refusedKey } from "./checks";
import * as decode from "./decode";
import { arrival, today } from "./samples";
import { reasonText, unsureTime, whenText } from "./words";

const refused = (terminal: string, tap: string) =>
  decode.refusedTap({ terminal, tap, name: "Ana", reason: "tap id with two contents" })!;
const gate = (name: string, quarantined: number) => decode.terminal({ name, quarantined })!;

test("a refused tap is understood, and one without its gate is left out", () => {
  expect(refused("gate", "gate.a.1")).toEqual({
    terminal: "gate",
    tap: "gate.a.1",
    nfc_id: "",
    name: "Ana",
    section: "",
    day: "",
    time: "",
    reason: "tap id with two contents",
    requeued: false,
  });
  expect(decode.refusedTap({ tap: "gate.a.1" })).toBeNull();
  expect(decode.refusedTap({ terminal: "gate", nfc_id: "A" })?.name).toBe("Card A");
});

test("refused taps stand by their gates, with how many more there are", () => {
  const taps = [refused("west", "w.1"), refused("east", "e.1"), refused("west", "w.2")];
  const gates = byGate(taps, [gate("west", 25), gate("north", 1), gate("gym", 0)]);
  expect(gates.map((each) => [each.gate, each.taps.map((tap) => tap.tap), each.more])).toEqual([
    ["east", ["e.1"], 0],
    ["north", [], 1],
    ["west", ["w.1", "w.2"], 23],
  ]);
  expect(byGate(taps, []).map((each) => [each.gate, each.more])).toEqual([
    ["east", 0],
    ["west", 0],
  ]);
});

test("only a changed number of refused taps is a reason to ask anew", () => {
  expect(refusedKey([gate("a", 0), gate("b", 2)])).toBe(refusedKey([gate("b", 2)]));
  expect(refusedKey([gate("b", 2)])).not.toBe(refusedKey([gate("b", 1)]));
});

test("both lists are counted, and nothing before they are known", () => {
  expect(countOf(null)).toBe(0);
  const gates = byGate([refused("gate", "g.1")], [gate("gate", 3)]);
  expect(countOf({ unsure: [arrival("A")], gates })).toBe(4);
  expect(countOf({ unsure: [arrival("A"), arrival("B")], gates })).toBe(4);
  const elsewhere = { ...arrival("C"), terminal: "gym" };
  expect(countOf({ unsure: [arrival("A"), elsewhere], gates })).toBe(5);
});

test("the newest unsure tap stands first", () => {
  const taps = [
    arrival("A", { time: "07:00:00" }),
    arrival("B", { time: "08:00:00" }),
    arrival("C", { day: "2026-11-24", time: "06:00:00" }),
  ];
  expect(newestDayFirst(taps).map((each) => each.nfc_id)).toEqual(["C", "B", "A"]);
});

test("when a tap was, and why it was refused, is said in words", () => {
  expect(unsureTime(arrival("A"), today)).toBe("07:01?");
  expect(unsureTime(arrival("A"), "2026-11-25")).toBe("Nov 23, 07:01?");
  expect(whenText({ day: "", time: "" }, today)).toBe("");
  expect(reasonText("tap id with two contents")).toMatch(/^The store has this very tap/);
  expect(reasonText("a thing never heard of")).toBe("A thing never heard of");
  expect(reasonText("")).toBe("No reason was given");
});
