import { useEffect, useState } from "preact/hooks";
import * as api from "../api";
import { ArrivalChart } from "../components/arrival_chart";
import { ArrivalRow } from "../components/arrival_row";
import { Tiles } from "../components/counts";
import { Icon } from "../components/icons";
import type { Marker } from "../components/marking";
import { NoRecord } from "../components/no_record";
import { SectionFilter } from "../components/section_filter";
import { arrivalFinder, newestFirst, slots, tally } from "../counts";
import { isMark, withRecord, type MarkStatus } from "../marks";
import { go } from "../route";
import type { Arrival, Student, Summary } from "../types";
import { addDays, longDay, plural } from "../words";

interface Answer {
  day: string;
  arrivals: Arrival[];
  summary: Summary;
  students: Student[]; // of today's list: the store keeps no older ones
}

// What the server says of a day; null while it is being asked.
function useDay(day: string) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    setAnswer(null);
    setError("");
    if (day === "") return;
    let current = true; // a slow answer for another day is not shown for this one
    Promise.all([api.pastDay(day), api.summary(day), api.students()]).then(
      ([{ arrivals }, summary, students]) =>
        current && setAnswer({ day, arrivals, summary, students }),
      (failure: Error) => current && setError(failure.message),
    );
    return () => {
      current = false;
    };
  }, [day]);
  const add = (record: Arrival) =>
    setAnswer((known) =>
      known?.day === record.day
        ? { ...known, arrivals: withRecord(known.arrivals, record) }
        : known,
    );
  // Before the effect has run, the answer is still that for another day.
  return [answer?.day === day ? answer : null, error, add] as const;
}

interface Props {
  today: string;
  chosen: string; // empty: yesterday
  onMark: Marker;
}

export function PastDays({ today, chosen, onMark }: Props) {
  const day = chosen || (today === "" ? "" : addDays(today, -1));
  const [answer, error, add] = useDay(day);
  const mark = async (student: Student, status: MarkStatus) =>
    add(await onMark(day, student, status));
  const [section, setSection] = useState("");
  const choose = (next: string) => {
    if (next !== "" && (today === "" || next <= today)) go(`/days/${next}`, true);
  };
  const atEnd = today === "" || day >= today;

  return (
    <div class="page">
      <div class="headline">
        <h1>{longDay(day) || "Past days"}</h1>
        <div class="day-picker">
          <button
            type="button"
            class="tool"
            aria-label="Day before"
            onClick={() => choose(addDays(day, -1))}
          >
            <Icon name="back" />
          </button>
          <label class="field">
            <span>Day</span>
            <input
              type="date"
              value={day}
              max={today}
              onChange={(event) => choose(event.currentTarget.value)}
            />
          </label>
          <button
            type="button"
            class="tool"
            aria-label="Day after"
            disabled={atEnd}
            onClick={() => choose(addDays(day, 1))}
          >
            <Icon name="forward" />
          </button>
        </div>
        <SectionFilter sections={sectionsOf(answer)} value={section} onChange={setSection} />
      </div>
      {error !== "" && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <div class="page" aria-live="polite" aria-busy={answer === null && error === ""}>
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
        <p class="card nothing">
          {summary.isInstructional
            ? "Nobody tapped on this day."
            : `${summary.calendarLabel || "No classes"}: nobody tapped.`}
        </p>
        {noRecord}
      </>
    );
  }
  return (
    <>
      {section === "" && <Tiles counts={counts} over />}
      <ArrivalChart slots={slots(arrivals)} title="Through the day" />
      <section class="card" aria-labelledby="day-list">
        <h2 id="day-list">{plural(arrivals.length, "person", "people")} came</h2>
        <ol>
          {arrivals.map((each) => (
            <ArrivalRow key={each.id} arrival={each} />
          ))}
        </ol>
      </section>
      {noRecord}
    </>
  );
}
