// The school's calendar: which days have classes, which have none and why.
import "../styles/people.css";
import "../styles/calendar.css";
import { useQuery } from "@tanstack/react-query";
import { lazy, useMemo, useState } from "react";
import { client, server } from "../api/client";
import { useOptimistic } from "../api/queries";
import { MonthDays } from "../components/month_days";
import { SectionFilter } from "../components/section_filter";
import { addMonths, lastDayOf, monthName, monthOf, weekdayOf } from "../days";
import { Button } from "../design/button";
import { Card } from "../design/card";
import { Choice } from "../design/choice";
import { ErrorMessage } from "../design/error_message";
import { IconButton } from "../design/icon_button";
import { PageHeader } from "../design/page_header";
import { Switch } from "../design/switch";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";
import { useUser } from "../shell/session";
import { DayMeaning } from "./calendar/day_meaning";
import {
  actionWords,
  calendarChanged,
  dayWords,
  entriesOf,
  isOn,
  type CalendarDay,
  type Entry,
  type Kind,
} from "./calendar/entries";
import { EntryList } from "./calendar/entry_list";

const EntryForm = lazy(() => import("./calendar/entry_form"));

const saturday = 5;

const useDays = (from: string, to: string, section: string) =>
  useQuery({
    queryKey: ["get", "/api/calendar/range", from, to, section],
    queryFn: async () => {
      const query = { from, to, ...(section === "" ? {} : { section }) };
      const { data } = await client.GET("/api/calendar/range", { params: { query } });
      return new Map(data!.dates.map((each) => [each.date, each]));
    },
    placeholderData: (before) => before,
    meta: { saysItself: true },
  });

export default function CalendarPage() {
  const { state } = useSchool();
  return state.day === "" ? (
    <p className="loading-page">{t("act.moment")}</p>
  ) : (
    <SchoolCalendar today={state.day} />
  );
}

function SchoolCalendar({ today }: { today: string }) {
  const { admin, sections: own } = useUser();
  const [view, setView] = useState("month");
  const [month, setMonth] = useState(monthOf(today));
  const [section, setSection] = useState("");
  const [chosen, setChosen] = useState({ first: today, last: today });
  const [adding, setAdding] = useState<Kind | null>(null);
  const year = month.slice(0, 4);
  const [from, to] = [`${year}-01-01`, `${year}-12-31`];
  const days = useDays(from, to, section);
  const entries = useQuery(entriesOf(from, to, section));
  const { data: known } = server.useQuery("get", "/api/admin/sections");
  const sections = useMemo(() => (known?.data ?? []).map((each) => each.name), [known]);
  const mine = admin ? sections : sections.filter((each) => own.includes(each));
  const kinds: Kind[] = admin ? ["suspension", "no-class", "saturday-makeup"] : ["no-class"];

  const isYear = view === "year";
  const months = isYear
    ? Array.from({ length: 12 }, (_, n) => addMonths(`${year}-01`, n))
    : [month];
  const listed = (entries.data ?? []).filter(
    (each) => each.last >= `${months[0]}-01` && each.first <= lastDayOf(months.at(-1)!),
  );
  const ofDay = (day: string) => (entries.data ?? []).filter((each) => isOn(each, day));
  const look = (day: string) => lookOf(days.data?.get(day), ofDay(day));
  const choose = (day: string, further: boolean) =>
    setChosen((before) =>
      further && before.first !== ""
        ? {
            first: day < before.first ? day : before.first,
            last: day < before.first ? before.first : day,
          }
        : { first: day, last: day },
    );
  const step = isYear ? 12 : 1;
  const day = days.data?.get(chosen.first);
  return (
    <div className="page">
      <PageHeader
        title={t("nav.calendar")}
        actions={
          mine.length > 0 && (
            <Button icon="plus" tone="main" onPress={() => setAdding(kinds[0])}>
              {t("calendar.add")}
            </Button>
          )
        }
      />
      <div className="calendar-bar">
        <div className="calendar-span">
          <IconButton
            icon="back"
            words={t("calendar.before")}
            onPress={() => setMonth(addMonths(month, -step))}
          />
          <h2 aria-live="polite">{isYear ? year : monthName(month)}</h2>
          <IconButton
            icon="forward"
            words={t("calendar.after")}
            onPress={() => setMonth(addMonths(month, step))}
          />
        </div>
        <Choice
          label={t("calendar.view")}
          value={view}
          options={[
            { value: "month", words: t("calendar.month") },
            { value: "year", words: t("calendar.year") },
          ]}
          onChange={setView}
        />
        <SectionFilter sections={sections} value={section} onChange={setSection} />
        {admin && <Saturdays />}
      </div>
      <ErrorMessage
        error={days.data ? null : (days.error ?? entries.error)}
        onRetry={() => void days.refetch()}
      />
      <div className="calendar-two">
        <Card label={t("nav.calendar")}>
          <div aria-busy={days.data === undefined}>
            <MonthDays
              months={months}
              look={look}
              chosen={chosen.first}
              last={chosen.last}
              today={today}
              large={!isYear}
              detail={isYear ? undefined : (each) => noteOf(days.data?.get(each), ofDay(each))}
              onChoose={choose}
            />
          </div>
          {mine.length > 0 && <p className="explain calendar-hint">{t("calendar.hint")}</p>}
        </Card>
        {day && (
          <DayMeaning day={day} section={section} entries={ofDay(chosen.first)}>
            {mine.length > 0 &&
              kinds
                .filter(
                  (each) => each !== "saturday-makeup" || weekdayOf(chosen.first) === saturday,
                )
                .map((each) => (
                  <Button key={each} onPress={() => setAdding(each)}>
                    {t(actionWords[each])}
                  </Button>
                ))}
          </DayMeaning>
        )}
      </div>
      <EntryList
        title={t("calendar.entries", { when: isYear ? year : monthName(month) })}
        entries={listed}
        asked={[from, to, section]}
        mayRemove={(each) => admin || (each.kind === "no-class" && own.includes(each.section))}
      />
      {adding && (
        <EntryForm
          kinds={kinds}
          kind={adding}
          first={chosen.first}
          last={chosen.last}
          section={section}
          sections={mine}
          onClose={() => setAdding(null)}
        />
      )}
    </div>
  );
}

// Of the whole school a section's day without classes is a class day, but it is said.
function lookOf(day: CalendarDay | undefined, entries: Entry[]) {
  if (day === undefined) return { tone: "free", words: t("act.moment") };
  const words = [t(dayWords[day.status]), ...entries.map((each) => wordsOf(each))];
  return {
    tone: day.status === "instructional" ? "classes" : day.status,
    words: words.join(". "),
  };
}

const wordsOf = (each: Entry) => [each.section, each.reason].filter(Boolean).join(": ");

function noteOf(day: CalendarDay | undefined, entries: Entry[]) {
  if (day === undefined) return null;
  const note = entries.map(wordsOf).filter(Boolean).join(", ") || day.reason;
  return note === "" ? null : <span className="month-note">{note}</span>;
}

function Saturdays() {
  const key = server.queryOptions("get", "/api/calendar/saturday-status").queryKey;
  const { data } = server.useQuery("get", "/api/calendar/saturday-status");
  const { mutate } = useOptimistic<NonNullable<typeof data>, boolean>({
    queryKey: key,
    change: (before, on) => ({ ...before, saturdayClassesEnabled: on }),
    send: () => client.POST("/api/admin/settings/saturday-toggle"),
  });
  if (data === undefined) return null;
  return (
    <Switch
      words={t("calendar.saturdays")}
      isSelected={data.saturdayClassesEnabled}
      onChange={(on) => mutate(on, { onSuccess: () => void calendarChanged() })}
    />
  );
}
