// Months to choose from, and what they are called.
import { currentLanguage } from "../../i18n/words";
import { monthOf, next, periodOf } from "./period";

// That month, those before it, newest first: so many of them.
export function monthsUpTo(today: string, count: number): string[] {
  const list: string[] = [];
  for (let period = periodOf("month", today); list.length < count; period = next(period, -1)) {
    list.push(monthOf(period.from));
  }
  return list;
}

// "November 2026"
export const monthText = (month: string) =>
  new Intl.DateTimeFormat(currentLanguage(), {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(`${month}-01T00:00:00Z`));
