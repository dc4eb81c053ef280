import { useState } from "react";
import type { MarkStatus } from "../marks";
import type { Arrival, Student } from "../types";
import { statusText } from "../words";
import { Marking } from "./marking";
import { t } from "../i18n/words";

const firstShown = 100;

interface Props {
  students: Student[]; // without a tap that day
  find: (student: Student) => Arrival | undefined;
  onMark: (student: Student, status: MarkStatus) => Promise<unknown>;
}

// Who did not come on a day that is over.
export function NoRecord({ students, find, onMark }: Props) {
  const [all, setAll] = useState(false);
  const shown = all ? students : students.slice(0, firstShown);
  return (
    <section className="card" aria-labelledby="no-record">
      <h2 id="no-record">{t("days.without_tap", { count: students.length })}</h2>
      <ul className="rows">
        {shown.map((each) => {
          const mark = find(each);
          return (
            <li key={each.nfc_id} data-testid="no-record" data-card={each.nfc_id}>
              <span className="who">
                <strong>{each.name}</strong>
                <small>{each.section}</small>
              </span>
              <span className="day-of">
                {mark && <span className={`chip chip-${mark.status}`}>{statusText(mark)}</span>}
                <Marking
                  name={each.name}
                  status={(mark?.status as MarkStatus | undefined) ?? null}
                  onMark={(status) => onMark(each, status)}
                />
              </span>
            </li>
          );
        })}
      </ul>
      {students.length > shown.length && (
        <button type="button" className="more" onClick={() => setAll(true)}>
          {t("list.show_all", { count: students.length })}
        </button>
      )}
    </section>
  );
}
