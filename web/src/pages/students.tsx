import { useEffect, useState } from "preact/hooks";
import * as api from "../api";
import type { State } from "../state";
import type { Student } from "../types";
import { plural, statusWords } from "../words";

export function Students({ state }: { state: State }) {
  const [students, setStudents] = useState<Student[]>([]);
  const [search, setSearch] = useState("");
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState("");

  useEffect(() => {
    api.students().then(setStudents, (failure: Error) => setError(failure.message));
  }, []);

  const arrivals = new Map([...state.arrivals.values()].map((each) => [each.nfc_id, each]));
  const wanted = search.trim().toLowerCase();
  const shown = students.filter(
    (each) =>
      (wanted === "" ||
        `${each.name} ${each.section} ${each.tamtap_id} ${each.nfc_id}`
          .toLowerCase()
          .includes(wanted)) &&
      (!missing || !arrivals.has(each.nfc_id)),
  );

  return (
    <section class="card page" aria-labelledby="students-title">
      <div class="headline">
        <h1 id="students-title">Students</h1>
        <label class="filter">
          <span>Search</span>
          <input
            type="search"
            value={search}
            placeholder="Name, section or card"
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={missing}
            onChange={(event) => setMissing(event.currentTarget.checked)}
          />
          Not in yet
        </label>
      </div>
      <p class="error" role="alert">
        {error}
      </p>
      <p aria-live="polite">{plural(shown.length, "student", "students")}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Students">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Section</th>
              <th scope="col">Grade</th>
              <th scope="col">No.</th>
              <th scope="col">Today</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => {
              const arrival = arrivals.get(each.nfc_id);
              return (
                <tr key={each.nfc_id}>
                  <th scope="row">{each.name}</th>
                  <td>{each.section}</td>
                  <td>{each.grade}</td>
                  <td>{each.tamtap_id}</td>
                  <td>
                    {arrival ? (
                      <span class={`chip chip-${arrival.status}`}>
                        {statusWords[arrival.status]} {arrival.time.slice(0, 5)}
                      </span>
                    ) : (
                      "—"
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
