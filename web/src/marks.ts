// Marks: what staff say of a person's day without a tap. They are stored as taps are, but a mark is
// no arrival, and it gives way to every tap. Pure.
import type { Arrival } from "./types";

// What may be said of a day.
export type MarkStatus = "absent" | "excused";

// Records of before marks had a gate's place have no tap at all.
export const isMark = (each: Arrival) =>
  each.terminal === "staff" ||
  (each.tap === "" && (each.status === "absent" || each.status === "excused"));

// Which of two records of a person's day speaks for it: of taps the earliest, of marks the newest,
// and a tap before every mark, whatever their times. At one instant, the smaller id.
export function comesFirst(a: Arrival, b: Arrival): boolean {
  if (isMark(a) !== isMark(b)) return isMark(b);
  const difference = Date.parse(a.tapped_at) - Date.parse(b.tapped_at);
  if (difference === 0 || Number.isNaN(difference)) return a.tap < b.tap;
  return isMark(a) ? difference > 0 : difference < 0;
}

// A day's records with one more.
export function withRecord(records: Arrival[], one: Arrival): Arrival[] {
  const other = records.find((each) => each.id === one.id);
  if (other === undefined) return [...records, one];
  return comesFirst(one, other) ? records.map((each) => (each === other ? one : each)) : records;
}
