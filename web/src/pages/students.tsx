import { useEffect, useMemo, useState } from "preact/hooks";
import * as api from "../api";
import { Marking, type Marker } from "../components/marking";
import { SectionFilter } from "../components/section_filter";
import { arrivalFinder } from "../counts";
import { isMark, type MarkStatus } from "../marks";
import { plain } from "../search";
import type { State } from "../state";
import type { Arrival, Student } from "../types";
import { plural, statusText } from "../words";

const firstShown = 200; // a row costs a phone time; who searches needs few

function useStudents(): [Student[] | null, string] {
  const [students, setStudents] = useState<Student[] | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    api.students().then(setStudents, (failure: Error) => setError(failure.message));
  }, []);
  return [students, error];
}

export function Students({ state, onMark }: { state: State; onMark: Marker }) {
  const [students, error] = useStudents();
  const [search, setSearch] = useState("");
  const [section, setSection] = useState("");
  const [missing, setMissing] = useState(false);
  const [all, setAll] = useState(false);

  const find = useMemo(() => arrivalFinder(state.arrivals.values()), [state.arrivals]);
  const found = useMemo(() => {
    const words = plain(search).split(/\s+/).filter(Boolean);
    return (students ?? []).filter((each) => {
      const text = plain(`${each.name} ${each.section} ${each.tamtap_id} ${each.nfc_id}`);
      return (section === "" || each.section === section) && words.every((w) => text.includes(w));
    });
  }, [students, search, section]);
  const absent = found.filter((each) => !tapped(find(each)));
  const wanted = missing ? absent : found;
  const shown = all ? wanted : wanted.slice(0, firstShown);
  const marking = state.day !== "" && (state.summary?.isInstructional ?? false);
  const sections = useMemo(
    () => [...new Set(students?.map((each) => each.section))].filter(Boolean).sort(),
    [students],
  );

  return (
    <div class="page">
      <div class="headline">
        <h1>Students</h1>
        <label class="field grow">
          <span>Search</span>
          <input
            type="search"
            value={search}
            placeholder="Name, section, number or card"
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <SectionFilter sections={sections} value={section} onChange={setSection} />
      </div>
      <fieldset class="choice">
        <legend class="sr-only">Show</legend>
        <Choice
          words={`Everyone (${found.length})`}
          on={!missing}
          onChoose={() => setMissing(false)}
        />
        <Choice
          words={`Without a tap (${absent.length})`}
          on={missing}
          onChoose={() => setMissing(true)}
        />
      </fieldset>
      {error !== "" && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <section class="card" aria-label="List of students" aria-busy={students === null && !error}>
        {students !== null && wanted.length === 0 && (
          <p class="nothing">
            {missing && search === "" ? "Everyone has tapped." : "Nobody found."}
          </p>
        )}
        {wanted.length > 0 && (
          <StudentTable
            students={shown}
            find={find}
            onMark={marking ? (each, status) => onMark(state.day, each, status) : null}
          />
        )}
        {wanted.length > shown.length && (
          <button type="button" class="more" onClick={() => setAll(true)}>
            Show all {wanted.length}
          </button>
        )}
      </section>
      <p class="sr-only" aria-live="polite">
        {plural(wanted.length, "student", "students")}
      </p>
    </div>
  );
}

function Choice({ words, on, onChoose }: { words: string; on: boolean; onChoose: () => void }) {
  return (
    <label>
      <input type="radio" name="shown" checked={on} onChange={onChoose} />
      <span>{words}</span>
    </label>
  );
}

interface TableProps {
  students: Student[];
  find: ReturnType<typeof arrivalFinder>;
  onMark: ((student: Student, status: MarkStatus) => Promise<unknown>) | null; // null: not today
}

const tapped = (arrival: Arrival | undefined) => arrival !== undefined && !isMark(arrival);

function StudentTable({ students, find, onMark }: TableProps) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" class="wide">
            Section
          </th>
          <th scope="col" class="wide">
            Grade
          </th>
          <th scope="col" class="wide">
            Number
          </th>
          <th scope="col">Today</th>
        </tr>
      </thead>
      <tbody>
        {students.map((each) => {
          const arrival = find(each);
          return (
            <tr key={each.nfc_id} data-testid="student" data-card={each.nfc_id}>
              <th scope="row">
                {each.name}
                <small class="narrow">{each.section}</small>
              </th>
              <td class="wide">{each.section}</td>
              <td class="wide">{each.grade}</td>
              <td class="wide">{each.tamtap_id}</td>
              <td>
                <span class="day-of">
                  {arrival ? (
                    <span class={`chip chip-${arrival.status}`}>
                      {statusText(arrival)}
                      {tapped(arrival) && <b> {arrival.time.slice(0, 5)}</b>}
                    </span>
                  ) : (
                    <span class="soft">Not yet in</span>
                  )}
                  {onMark !== null && !tapped(arrival) && (
                    <Marking
                      name={each.name}
                      status={arrival ? (arrival.status as MarkStatus) : null}
                      onMark={(status) => onMark(each, status)}
                    />
                  )}
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
