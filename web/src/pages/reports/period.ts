// The days that a report is of: a day, its week or its month, or any days. Pure.
import { addDays } from "../../words";

export type Kind = "day" | "week" | "month" | "range";

export interface Period {
  kind: Kind;
  from: string; // "YYYY-MM-DD"; both days are included
  to: string;
}

export const longest = 400; // days, as the server has it

export const monthOf = (day: string) => day.slice(0, 7);

const lastOfMonth = (month: string) => {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
};

const monday = (day: string) => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

// What `kind` of period that day lies in.
export function periodOf(kind: Kind, day: string, to = day): Period {
  if (kind === "week") return { kind, from: monday(day), to: addDays(monday(day), 6) };
  if (kind === "month") {
    return { kind, from: `${monthOf(day)}-01`, to: lastOfMonth(monthOf(day)) };
  }
  if (kind === "day") return { kind, from: day, to: day };
  const [from, last] = day <= to ? [day, to] : [to, day];
  const least = addDays(last, -longest);
  return { kind, from: from < least ? least : from, to: last };
}

// The one before (-1) or after (1) of the same kind; any days have none.
export const next = ({ kind, from, to }: Period, step: 1 | -1): Period =>
  periodOf(kind, step === 1 ? addDays(to, 1) : addDays(from, -1));
