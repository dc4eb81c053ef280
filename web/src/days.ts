// Days and months as texts: "2026-11-23", "2026-11". Weeks begin on Monday, as a school's do. Pure.
import { currentLanguage } from "./i18n/words";
import { addDays } from "./words";

export const monthOf = (day: string) => day.slice(0, 7);

export function addMonths(month: string, n: number): string {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + n, 1)).toISOString().slice(0, 7);
}

export const lastDayOf = (month: string) => addDays(`${addMonths(month, 1)}-01`, -1);

export const daysBetween = (first: string, last: string): string[] => {
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
};

export const daysOf = (month: string) => daysBetween(`${month}-01`, lastDayOf(month));

// 0: Monday.
export const weekdayOf = (day: string) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;

const format = (day: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(currentLanguage(), { ...options, timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );

export const monthName = (month: string) =>
  format(`${month}-01`, { month: "long", year: "numeric" });

export const weekdayNames = (width: "narrow" | "short" | "long") =>
  Array.from({ length: 7 }, (_, n) => format(addDays("2026-11-23", n), { weekday: width }));

export const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
