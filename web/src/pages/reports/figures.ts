import { server } from "../../api/client";
import { addDays } from "../../words";
import { currentLanguage } from "../../i18n/words";
import type { Period } from "./period";

export function useFigures({ from, to }: Period, section: string) {
  const query = { from, to, ...(section === "" ? {} : { section }) };
  return server.useQuery(
    "get",
    "/api/reports/attendance",
    { params: { query } },
    { placeholderData: (before) => before, enabled: from !== "" },
  );
}

export type Figures = NonNullable<ReturnType<typeof useFigures>["data"]>;
export type Learner = Figures["learners"][number];
export type SectionFigures = Figures["sections"][number];

// "96.4%", as the language writes numbers.
export const percent = (rate: number) =>
  new Intl.NumberFormat(currentLanguage(), {
    style: "percent",
    maximumFractionDigits: 1,
  }).format(rate / 100);

const longAbsence = 3; // class days in a row until now
const longOnce = 5; // in a row at any time of the period, as the monthly register has it

export const absentLong = (learners: Learner[]) =>
  learners
    .filter((each) => each.inARowNow >= longAbsence || each.mostInARow >= longOnce)
    .sort((a, b) => b.inARowNow - a.inARowNow || b.mostInARow - a.mostInARow);

// Monday's number is 0.
export const weekdayOf = (day: string) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
export const someMonday = "2026-11-23";
export const dayWithNumber = (weekday: number) => addDays(someMonday, weekday);
