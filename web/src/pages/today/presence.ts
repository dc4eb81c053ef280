// Who is missing, who is inside and who has left. Pure.
import { arrivalFinder, cameIn } from "../../counts";
import type { Arrival, Student } from "../../types";

export interface Presence {
  missing: Student[]; // neither came nor excused, in the order of `students`
  inside: Arrival[]; // the newest first
  left: Arrival[]; // the last to leave first
}

export function presenceOf(
  students: Student[], // sorted
  arrivals: ReadonlyMap<string, Arrival>,
  section: string,
): Presence {
  const mine = (each: { section: string }) => section === "" || each.section === section;
  const find = arrivalFinder(arrivals.values());
  const missing = students.filter((each) => {
    if (!mine(each)) return false;
    const arrival = find(each);
    return arrival === undefined || (!cameIn(arrival) && arrival.status !== "excused");
  });
  const came = [...arrivals.values()].filter((each) => mine(each) && cameIn(each));
  const by = (time: (each: Arrival) => string) => (a: Arrival, b: Arrival) =>
    time(a) < time(b) ? 1 : -1;
  return {
    missing,
    inside: came.filter((each) => each.departure === "").sort(by((each) => each.time)),
    left: came.filter((each) => each.departure !== "").sort(by((each) => each.departure)),
  };
}

// By section, and then by name as the language has it.
export function inOrder(students: Student[], language: string): Student[] {
  const { compare } = new Intl.Collator(language, { numeric: true });
  return [...students].sort(
    (a, b) =>
      compare(a.section, b.section) || compare(a.name, b.name) || (a.nfc_id < b.nfc_id ? -1 : 1),
  );
}
