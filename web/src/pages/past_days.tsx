import { useEffect, useState } from "preact/hooks";
import * as api from "../api";
import { ArrivalChart } from "../components/arrival_chart";
import { ArrivalRow } from "../components/arrival_row";
import { Tiles } from "../components/counts";
import { Icon } from "../components/icons";
import { SectionFilter } from "../components/section_filter";
import { newestFirst, slots, tally } from "../counts";
import { go } from "../route";
import type { Arrival, Summary } from "../types";
import { addDays, longDay, plural } from "../words";

interface Answer {
  arrivals: Arrival[];
  summary: Summary;
}

// What the server says of a day; null while it is being asked.
function useDay(day: string): [Answer | null, string] {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    setAnswer(null);
    setError("");
    if (day === "") return;
    let current = true; // a slow answer for another day is not shown for this one
    Promise.all([api.pastDay(day), api.summary(day)]).then(
      ([{ arrivals }, summary]) => current && setAnswer({ arrivals, summary }),
      (failure: Error) => current && setError(failure.message),
    );
    return () => {
      current = false;
    };
  }, [day]);
  return [answer, error];
}

export function PastDays({ today, chosen }: { today: string; chosen: string }) {
  const day = chosen || (today === "" ? "" : addDays(today, -1));
  const [answer, error] = useDay(day);
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
        {answer !== null && <DayView answer={answer} section={section} />}
      </div>
    </div>
  );
}

const sectionsOf = (answer: Answer | null) =>
  [...new Set(answer?.arrivals.map((each) => each.section))].filter((each) => each !== "").sort();

function DayView({ answer, section }: { answer: Answer; section: string }) {
  const arrivals = newestFirst(answer.arrivals, section).reverse();
  const counts = tally(arrivals, section === "" ? answer.summary.totalStudents : 0);
  if (answer.arrivals.length === 0) {
    return (
      <p class="card nothing">
        {answer.summary.isInstructional
          ? "Nobody is recorded for this day."
          : `${answer.summary.calendarLabel || "No classes"}: nobody is recorded.`}
      </p>
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
    </>
  );
}
