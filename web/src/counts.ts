// Figures and lists drawn from arrivals. Pure.
import { comesFirst, isMark } from "./marks";
import type { State } from "./state";
import type { Arrival, SectionTotal, Status, Student } from "./types";

export interface Counts {
  total: number;
  onTime: number;
  late: number;
  veryLate: number; // came after the time at which a person counts as absent
  excused: number;
  present: number; // on time or late, as reports count it
  here: number; // all who came, however late
  notYet: number;
}

// Absent by the rules, but there is a tap: the person came. A mark is no tap.
export const cameIn = (each: Arrival) => each.status !== "excused" && !isMark(each);

// Students only.
export function tally(arrivals: Iterable<Arrival>, total: number): Counts {
  const by: Record<Status, number> = { on_time: 0, late: 0, absent: 0, excused: 0 };
  for (const each of arrivals) {
    if (each.role === "student" && (cameIn(each) || each.status === "excused")) ++by[each.status];
  }
  const present = by.on_time + by.late;
  const here = present + by.absent;
  return {
    total,
    onTime: by.on_time,
    late: by.late,
    veryLate: by.absent,
    excused: by.excused,
    present,
    here,
    notYet: Math.max(0, total - here - by.excused),
  };
}

const sumOf = (sections: SectionTotal[]) => sections.reduce((sum, each) => sum + each.total, 0);

// An empty section means all of them.
export function count(state: State, section: string): Counts {
  const all = [...state.arrivals.values()];
  if (section === "") {
    return tally(all, state.summary?.totalStudents ?? sumOf(state.sections));
  }
  return tally(
    all.filter((each) => each.section === section),
    sumOf(state.sections.filter((each) => each.section === section)),
  );
}

export function countSections(state: State): [string, Counts][] {
  const by = new Map<string, Arrival[]>(state.sections.map((each) => [each.section, []]));
  for (const each of state.arrivals.values()) by.get(each.section)?.push(each);
  return state.sections.map(({ section, total }) => [section, tally(by.get(section)!, total)]);
}

export function newestFirst(arrivals: Iterable<Arrival>, section: string): Arrival[] {
  return [...arrivals]
    .filter((each) => (section === "" || each.section === section) && cameIn(each))
    .map((each) => [Date.parse(each.tapped_at), each] as const)
    .sort(([a, one], [b, other]) => b - a || (one.tap < other.tap ? 1 : -1))
    .map(([, each]) => each);
}

export interface Slot {
  minute: number; // of the day
  onTime: number;
  late: number;
}

const fewestMinutes = 90; // that a chart shows
const minutesOfDay = 1_440;
const sizes = [1, 5, 15]; // of a slot, in minutes
const mostSlots = 120;

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

const timesOf = (arrivals: Arrival[]) =>
  arrivals.filter((each) => /^\d\d:\d\d/.test(each.time)).map((each) => minutesOf(each.time));

export const clockOf = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

export interface Slots {
  minutes: number; // that a slot is wide
  slots: Slot[]; // from the first arrival to the last, without holes
  before: number[]; // how many came in each slot on the day that it is compared with; or empty
}

// The bulk of a day, so that one straggler does not make the chart wide.
function bulk(times: number[]): number[] {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  return sorted.length === 0 ? [] : [at(0.01), at(0.97)];
}

// Arrivals by the minute; by more minutes where the day is long.
export function slots(arrivals: Arrival[], earlier: Arrival[] = []): Slots {
  const timed = arrivals.filter((each) => /^\d\d:\d\d/.test(each.time));
  if (timed.length === 0) return { minutes: sizes[0], slots: [], before: [] };
  const times = timed.map((each) => minutesOf(each.time));
  const then = timesOf(earlier);
  const all = [...times, ...bulk(then)];
  const first = all.reduce((a, b) => Math.min(a, b), minutesOfDay - fewestMinutes);
  const last = all.reduce((a, b) => Math.max(a, b), first + fewestMinutes - 1);
  const minutes = sizes.find((each) => (last - first + 1) / each <= mostSlots) ?? sizes.at(-1)!;
  const start = Math.floor(first / minutes);
  const count = Math.floor(last / minutes) - start + 1;
  const result = Array.from({ length: count }, (_, i) => ({
    minute: (start + i) * minutes,
    onTime: 0,
    late: 0,
  }));
  timed.forEach((each, i) => {
    const slot = result[Math.floor(times[i] / minutes) - start];
    if (each.status === "on_time") ++slot.onTime;
    else ++slot.late;
  });
  const before = then.length === 0 ? [] : result.map(() => 0);
  for (const each of then) {
    const index = Math.floor(each / minutes) - start;
    if (index >= 0 && index < before.length) ++before[index];
  }
  return { minutes, slots: result, before };
}

// How many had come by "HH:MM".
export const countBy = (arrivals: Arrival[], time: string) =>
  timesOf(arrivals).filter((each) => each <= minutesOf(time)).length;

// Marks of an axis from 0 to at least `most`, evenly and at round numbers; of `lines` steps, about.
export function roundMarks(most: number, lines: number): number[] {
  const wanted = most / lines;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = Math.max(1, power * [1, 2, 5, 10].find((each) => each * power >= wanted)!);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, n) => n * step);
}

// What is known of a student's day, by card and by number: a replaced card still finds its person.
// A mark gives way to a tap here too, for until the store has both they may go by two cards.
export function arrivalFinder(arrivals: Iterable<Arrival>, role: Arrival["role"] = "student") {
  const byCard = new Map<string, Arrival>();
  const byNumber = new Map<string, Arrival>();
  const keep = (by: Map<string, Arrival>, key: string, each: Arrival) => {
    const known = by.get(key);
    if (known === undefined || comesFirst(each, known)) by.set(key, each);
  };
  for (const each of arrivals) {
    if (each.role !== role) continue;
    keep(byCard, each.nfc_id, each);
    if (each.tamtap_id !== "") keep(byNumber, each.tamtap_id, each);
  }
  return (student: Student) => {
    const [one, other] = [byCard.get(student.nfc_id), byNumber.get(student.tamtap_id)];
    return one && other ? (comesFirst(other, one) ? other : one) : (one ?? other);
  };
}
