import { useState } from "preact/hooks";
import type { MarkStatus } from "../marks";
import type { Arrival, Student } from "../types";
import { plural, statusText } from "../words";
import { Marking } from "./marking";

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
    <section class="card" aria-labelledby="no-record">
      <h2 id="no-record">{plural(students.length, "student", "students")} without a tap</h2>
      <ul class="rows">
        {shown.map((each) => {
          const mark = find(each);
          return (
            <li key={each.nfc_id} data-testid="no-record" data-card={each.nfc_id}>
              <span class="who">
                <strong>{each.name}</strong>
                <small>{each.section}</small>
              </span>
              <span class="day-of">
                {mark && <span class={`chip chip-${mark.status}`}>{statusText(mark)}</span>}
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
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show all {students.length}
        </button>
      )}
    </section>
  );
}
