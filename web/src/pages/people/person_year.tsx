import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import { MonthDays } from "../../components/month_days";
import { addMonths, daysBetween, lastDayOf, monthName, monthOf } from "../../days";
import * as decode from "../../decode";
import { Card } from "../../design/card";
import { ErrorMessage } from "../../design/error_message";
import { IconButton } from "../../design/icon_button";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import { addDays } from "../../words";
import { DayPanel } from "./day_panel";
import { Exports } from "./exports";
import type { Person } from "./person";
import { beginOf, dayOf, type DayOfYear, type DayTone, type YearRecord } from "./year_days";
import { dayWords, toneWords } from "./year_words";
import { YearNumbers } from "./year_numbers";
import { YearList } from "./year_list";

const year = 12; // months

const ask = async (nfc: string, from: string, to: string) => {
  const { data } = await client.GET("/api/attendance/student/{nfc}", {
    params: { path: { nfc }, query: { from, to } },
  });
  return data!;
};

function recordOf(each: unknown): YearRecord | null {
  const arrival = decode.arrival(each);
  if (arrival === null) return null;
  const { excuse_reason, excuse_note, marked_by_name, marked_by, marked_at } = decode.fields(each);
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    ...arrival,
    reason: text(excuse_reason),
    note: text(excuse_note),
    by: text(marked_by_name) || text(marked_by),
    markedAt: text(marked_at),
  };
}

// Records, calendar and numbers of those months. The numbers are the server's, over the days that count.
function useYear(person: Person, first: string, last: string, today: string) {
  const { nfc_id: card, section, registered } = person;
  return useQuery({
    queryKey: ["get", "/api/attendance/student/{nfc}", card, section, first, last, today],
    queryFn: async () => {
      const [answer, calendar] = await Promise.all([
        ask(card, first, last),
        client.GET("/api/calendar/range", {
          params: { query: { from: first, to: last, section } },
        }),
      ]);
      const records = decode.list(answer.records, "attendance", recordOf);
      const begin = beginOf(registered, records, first);
      const days = new Map<string, DayOfYear>();
      const byDay = new Map(records.map((each) => [each.day, each]));
      const byDate = new Map(calendar.data!.dates.map((each) => [each.date, each]));
      for (const day of daysBetween(first, last)) {
        days.set(day, dayOf(day, byDay.get(day), byDate.get(day), begin, today));
      }
      // A day that is not over is no absence yet.
      const end = last < today || byDay.has(today) ? last : addDays(today, -1);
      const none = begin > end;
      const whole = begin === first && end === last;
      const counted = whole || none ? answer : await ask(card, begin, end);
      return { days, records, begin, summary: none ? null : counted.summary };
    },
    enabled: today !== "",
    placeholderData: (before) => before,
    meta: { saysItself: true },
  });
}

const legend: DayTone[] = ["on_time", "late", "absent", "excused", "free"];

export function PersonYear({ person }: { person: Person }) {
  const { state, mark } = useSchool();
  const today = state.day;
  const [back, setBack] = useState(0); // years
  const [chosen, setChosen] = useState("");
  const end = addMonths(monthOf(today || "2026-01-01"), -back * year);
  const months = useMemo(
    () => Array.from({ length: year }, (_, n) => addMonths(end, -n)), // the newest first
    [end],
  );
  const begin = months[year - 1];
  const first = `${begin}-01`;
  const last = lastDayOf(end);
  const { data, error, refetch } = useYear(person, first, last, today);
  const span = t("year.span", { first: monthName(begin), last: monthName(end) });
  const day = chosen === "" ? undefined : data?.days.get(chosen);
  const look = (each: string) => {
    const of = data?.days.get(each);
    return of ? { tone: of.tone, words: dayWords(of) } : { tone: "free", words: t("act.moment") };
  };
  return (
    <>
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      {data?.summary && <YearNumbers summary={data.summary} begin={data.begin} />}
      <Card
        title={span}
        actions={
          <>
            <IconButton icon="back" words={t("year.before")} onPress={() => setBack(back + 1)} />
            <IconButton
              icon="forward"
              words={t("year.after")}
              isDisabled={back === 0}
              onPress={() => setBack(back - 1)}
            />
          </>
        }
      >
        <div aria-busy={data === undefined} data-testid="year">
          <MonthDays
            months={months}
            look={look}
            chosen={chosen}
            today={today}
            onChoose={(each) => setChosen(each === chosen ? "" : each)}
          />
        </div>
        <ul className="day-legend">
          {legend.map((each) => (
            <li key={each}>
              <span className={`legend-day day-${each}`} aria-hidden>
                12
              </span>
              {t(toneWords[each])}
            </li>
          ))}
        </ul>
      </Card>
      {day && (
        <DayPanel
          key={chosen}
          date={chosen}
          day={day}
          person={person}
          onClose={() => setChosen("")}
          onMark={async (status) => {
            await mark(chosen, person, status);
            await stale("/api/attendance/student/{nfc}");
          }}
        />
      )}
      <Exports person={person} first={first} last={last < today ? last : today} />
      {data && <YearList records={data.records} onChoose={setChosen} />}
    </>
  );
}
