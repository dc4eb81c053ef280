import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import * as api from "../api/answers";
import { ArrivalChart } from "../components/arrival_chart";
import { ArrivalRow } from "../components/arrival_row";
import { Tiles } from "../components/counts";
import { Icon } from "../components/icons";
import { NoRecord } from "../components/no_record";
import { SectionFilter } from "../components/section_filter";
import { arrivalFinder, newestFirst, slots, tally } from "../counts";
import { isMark, withRecord, type MarkStatus } from "../marks";
import { queryClient } from "../api/queries";
import { ErrorMessage } from "../design/error_message";
import { IconButton } from "../design/icon_button";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";
import type { Arrival, Student, Summary } from "../types";
import { addDays, longDay } from "../words";

interface Answer {
  day: string;
  arrivals: Arrival[];
  summary: Summary;
  students: Student[]; // of today's list: the store keeps no older ones
}

const keyOf = (day: string) => ["get", "/api/attendance", "day", day];

async function askFor(day: string): Promise<Answer> {
  const [{ arrivals }, summary, students] = await Promise.all([
    api.pastDay(day),
    api.summary(day),
    api.students(),
  ]);
  return { day, arrivals, summary, students };
}

// What the server says of a day; null while it is being asked.
function useDay(day: string) {
  const { data, error } = useQuery({
    queryKey: keyOf(day),
    queryFn: () => askFor(day),
    enabled: day !== "",
    meta: { saysItself: true },
  });
  return { answer: data ?? null, error };
}

const add = (record: Arrival) =>
  queryClient.setQueryData<Answer>(
    keyOf(record.day),
    (known) => known && { ...known, arrivals: withRecord(known.arrivals, record) },
  );

// Where the day can be printed and taken along.
const reportOf = (day: string, section: string) =>
  `/reports?${new URLSearchParams({ of: "day", from: day, to: day, section })}`;

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

export default function PastDays() {
  const { state, mark: onMark } = useSchool();
  const today = state.day;
  const { day: chosen = "" } = useParams<{ day?: string }>();
  const [, go] = useLocation();
  const day = isDay(chosen) ? chosen : today === "" ? "" : addDays(today, -1);
  const { answer, error } = useDay(day);
  const mark = async (student: Student, status: MarkStatus) =>
    add(await onMark(day, student, status));
  const [section, setSection] = useState("");
  const choose = (next: string) => {
    if (next !== "" && (today === "" || next <= today)) go(`/days/${next}`, { replace: true });
  };
  const atEnd = today === "" || day >= today;

  return (
    <div className="page">
      <div className="headline">
        <h1>{longDay(day) || t("nav.days")}</h1>
        <div className="day-picker">
          <IconButton
            icon="back"
            words={t("days.before")}
            onPress={() => choose(addDays(day, -1))}
          />
          <label className="field">
            <span>{t("days.day")}</span>
            <input
              type="date"
              value={day}
              max={today}
              onChange={(event) => choose(event.currentTarget.value)}
            />
          </label>
          <IconButton
            icon="forward"
            words={t("days.after")}
            isDisabled={atEnd}
            onPress={() => choose(addDays(day, 1))}
          />
        </div>
        <SectionFilter sections={sectionsOf(answer)} value={section} onChange={setSection} />
        {day !== "" && (
          <Link className="button" href={reportOf(day, section)} data-testid="day-report">
            <Icon name="print" />
            {t("days.print")}
          </Link>
        )}
      </div>
      <ErrorMessage error={error} />
      <div className="page" aria-live="polite" aria-busy={answer === null && error === null}>
        {answer !== null && <DayView answer={answer} section={section} onMark={mark} />}
      </div>
    </div>
  );
}

const sectionsOf = (answer: Answer | null) =>
  [
    ...new Set(
      [...(answer?.arrivals ?? []), ...(answer?.students ?? [])].map((each) => each.section),
    ),
  ]
    .filter((each) => each !== "")
    .sort();

interface ViewProps {
  answer: Answer;
  section: string;
  onMark: (student: Student, status: MarkStatus) => Promise<unknown>;
}

function DayView({ answer, section, onMark }: ViewProps) {
  const { gateName } = useSchool();
  const { summary, students } = answer;
  const arrivals = newestFirst(answer.arrivals, section).reverse();
  const counts = tally(answer.arrivals, section === "" ? summary.totalStudents : 0);
  const find = arrivalFinder(answer.arrivals);
  const missing = students.filter((each) => {
    const record = find(each);
    return (section === "" || each.section === section) && (!record || isMark(record));
  });
  const noRecord = summary.isInstructional && missing.length > 0 && (
    <NoRecord key={answer.day} students={missing} find={find} onMark={onMark} />
  );
  if (arrivals.length === 0) {
    return (
      <>
        <p className="card nothing">
          {summary.isInstructional
            ? t("days.nobody")
            : t("days.nobody_closed", { why: summary.calendarLabel || t("days.no_classes") })}
        </p>
        {noRecord}
      </>
    );
  }
  return (
    <>
      {section === "" && <Tiles counts={counts} over />}
      <ArrivalChart slots={slots(arrivals)} title={t("chart.day")} />
      <section className="card" aria-labelledby="day-list">
        <h2 id="day-list">{t("days.came", { count: arrivals.length })}</h2>
        <ol>
          {arrivals.map((each) => (
            <ArrivalRow key={each.id} arrival={each} gate={gateName(each.terminal)} />
          ))}
        </ol>
      </section>
      {noRecord}
    </>
  );
}
