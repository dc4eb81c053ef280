// Months as small sheets of days: a person's year, the school's. One day has the focus; arrows move it
// by days and weeks, over the months' ends.
import { useRef, type KeyboardEvent, type ReactNode } from "react";
import "../styles/months.css";
import { daysOf, monthName, weekdayNames, weekdayOf } from "../days";
import { addDays, longDay } from "../words";

export interface DayLook {
  tone: string; // a class of months.css
  words: string; // spoken, and shown when the pointer rests on it
}

interface Props {
  months: string[]; // "2026-11"
  look: (day: string) => DayLook;
  chosen: string; // "" for none
  last?: string; // also chosen, from `chosen` to it
  today: string;
  large?: boolean; // one month over the whole page, with `detail` in its days
  detail?: (day: string) => ReactNode;
  onChoose: (day: string, further: boolean) => void; // further: with Shift, to end a span of days
}

const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function MonthDays(props: Props) {
  const { months, look, chosen, last = chosen, today, large = false, detail, onChoose } = props;
  const all = useRef<HTMLDivElement>(null);
  const shows = (day: string) => months.includes(day.slice(0, 7));
  const entry = shows(chosen) ? chosen : shows(today) ? today : `${months[0]}-01`;
  const move = (event: KeyboardEvent) => {
    const step = steps[event.key];
    const { day } = (event.target as HTMLElement).dataset;
    if (step === undefined || day === undefined) return;
    event.preventDefault();
    all.current?.querySelector<HTMLElement>(`[data-day="${addDays(day, step)}"]`)?.focus();
  };
  const letters = weekdayNames(large ? "short" : "narrow");
  return (
    <div className={large ? "months months-large" : "months"} ref={all} onKeyDown={move}>
      {months.map((month) => (
        <section key={month} className="month" aria-label={monthName(month)}>
          <h3>{monthName(month)}</h3>
          <div className="month-week" aria-hidden>
            {letters.map((each, n) => (
              <span key={n}>{each}</span>
            ))}
          </div>
          <div className="month-days">
            {daysOf(month).map((day, n) => {
              const { tone, words } = look(day);
              const within = day >= chosen && day <= last;
              return (
                <button
                  key={day}
                  type="button"
                  className={`month-day day-${tone}${day === today ? " day-today" : ""}`}
                  style={n === 0 ? { gridColumnStart: weekdayOf(day) + 1 } : undefined}
                  data-day={day}
                  data-tone={tone}
                  tabIndex={day === entry ? 0 : -1}
                  aria-label={`${longDay(day)}: ${words}`}
                  aria-pressed={chosen !== "" && within}
                  title={words}
                  onClick={(event) => onChoose(day, event.shiftKey)}
                >
                  <span>{n + 1}</span>
                  {detail?.(day)}
                </button>
              );
            })}
          </div>
        </section>
      ))}
    </div>
  );
}
