import { expect, test } from "vitest";
import * as decode from "./decode";
import { gateText, refusalText } from "./words";

test("a record becomes an arrival with all its taps", () => {
  const arrival = decode.arrival({
    _id: "2026-11-23/A",
    tap: "gate.a.1",
    nfc_id: "A",
    name: "Ana Reyes",
    day: "2026-11-23",
    time: "07:01:00",
    status: "late",
    photo: null,
    tapped_at: "2026-11-23T07:01:00+08:00",
    taps: [{ tap: "gate.a.1" }, { tap: "north.b.2" }],
  });
  expect(arrival).toMatchObject({ id: "2026-11-23/A", status: "late", role: "student" });
  expect(arrival?.taps).toEqual(["gate.a.1", "north.b.2"]);
});

test("an old record without id and tap is understood", () => {
  const arrival = decode.arrival({
    nfc_id: 100582761834,
    first_name: "Ana",
    last_name: "Reyes",
    date: "2026-11-23 07:01:00",
    time: "07:01:00",
  });
  expect(arrival).toMatchObject({
    id: "2026-11-23/100582761834",
    name: "Ana Reyes",
    day: "2026-11-23",
    taps: [],
  });
});

test("a record goes by its person's id, whichever card was tapped or marked", () => {
  const record = { nfc_id: "NEW", person: "OLD", day: "2026-11-23" };
  expect(decode.arrival(record)?.id).toBe("2026-11-23/OLD");
  expect(decode.arrival({ ...record, _id: "2026-11-23/OLDEST" })?.id).toBe("2026-11-23/OLDEST");
});

test("only the role of an administrator makes one", () => {
  const user = (more: object) => decode.user({ user: { username: "ana", ...more } });
  expect(user({ role_type: "admin" }).admin).toBe(true);
  expect(user({ role_type: "teacher", role: "admin" }).admin).toBe(false);
  expect(user({}).admin).toBe(false);
  expect([user({ role_type: "adviser" }).role, user({ role_type: "boss" }).role]).toEqual([
    "adviser",
    "teacher",
  ]);
});

test("what is no record is left out, and what is no list is said", () => {
  for (const bad of [null, 7, "A", [], {}, { nfc_id: "A" }, { nfc_id: {}, day: "2026-11-23" }]) {
    expect(decode.arrival(bad)).toBeNull();
  }
  const day = decode.day({ date: "2026-11-23", records: [{}, { nfc_id: "A", day: "2026-11-23" }] });
  expect(day.arrivals).toHaveLength(1);
  expect(() => decode.day({ date: "2026-11-23" })).toThrow(decode.NotUnderstood);
  expect(() => decode.day([])).toThrow(decode.NotUnderstood);
});

test("refusals are said in words, unknown ones too", () => {
  const of = (decline_code: string, reason = "") =>
    refusalText({ ...decode.refusal({ timestamp: "x" })!, decline_code, reason });
  expect(of("UNKNOWN_CARD")).toBe("Card not registered");
  expect(of("", "NO_CLASSES_TODAY")).toBe("No classes today");
  expect(of("SOMETHING_NEW")).toBe("Something new");
  expect(of("")).toBe("Turned away");
});

test("a gate's state is said in words", () => {
  const gate = (more: object) => gateText(decode.terminal({ name: "g", ...more })!, "2026-11-23");
  expect(gate({ online: true })).toMatchObject({ mood: "good", line: "Everything is sent" });
  const waiting = gate({ online: true, pending: 7, oldest_pending_seconds: 240 });
  expect(waiting).toMatchObject({ mood: "waiting" });
  expect(waiting.line).toBe("7 taps waiting to be sent, the oldest for 4 minutes");
  expect(gate({ online: false }).chip).toBe("Not seen yet");
  const silent = gate({ last_seen: "2026-11-23T06:52:40+08:00", pending: 1 });
  expect(silent.line).toBe("Last heard at 06:52, with 1 tap still to send");
});
