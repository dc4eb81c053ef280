// What each day of a person's year was, from the records and the calendar. Pure.
import { isMark } from "../../marks";
import type { Arrival } from "../../types";
import type { components } from "../../api/schema";

export type CalendarDay = components["schemas"]["Day"];

export type DayTone = "on_time" | "late" | "absent" | "excused" | "free" | "ahead";

export interface DayOfYear {
  tone: DayTone;
  record: YearRecord | undefined;
  calendar: CalendarDay | undefined;
}

// A record with what staff said of the day.
export interface YearRecord extends Arrival {
  reason: string;
  note: string;
  by: string; // whose mark it is
  markedAt: string;
}

// `begin`: the first day that counts; nobody was absent before they were registered.
export function dayOf(
  day: string,
  record: YearRecord | undefined,
  calendar: CalendarDay | undefined,
  begin: string,
  today: string,
): DayOfYear {
  const tone = (): DayTone => {
    if (record !== undefined) return record.status;
    if (!calendar?.isInstructional || day < begin) return "free";
    return day < today ? "absent" : "ahead";
  };
  return { tone: tone(), record, calendar };
}

export const beginOf = (registered: string, records: { day: string }[], first: string) => {
  const days = [registered.slice(0, 10), ...records.map((each) => each.day)];
  const begin = days.filter((each) => /^\d{4}-\d{2}-\d{2}$/.test(each)).sort()[0] ?? first;
  return begin > first ? begin : first;
};

export const cameOf = (record: YearRecord) => (isMark(record) ? "" : record.time.slice(0, 5));
