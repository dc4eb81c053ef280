// Made-up entries for the unit tests.
import { empty, reduce, type Loaded, type State } from "./state";
import type { MarkStatus } from "./marks";
import type { Arrival } from "./types";

export const today = "2026-11-23";

export const arrival = (person: string, more: Partial<Arrival> = {}): Arrival => {
  const tap = more.tap ?? `gate.a.${person}`;
  return {
    id: `${today}/${person}`,
    tap,
    taps: [tap],
    nfc_id: person,
    tamtap_id: "",
    name: "Ana",
    section: "Narra",
    day: today,
    time: "07:01:00",
    departure: "",
    status: "on_time",
    photo: null,
    tapped_at: `${today}T07:01:00+08:00`,
    terminal: "gate",
    role: "student",
    ...more,
  };
};

let marks = 0;

export const mark = (person: string, status: MarkStatus, tapped_at = `${today}T09:00:00+08:00`) =>
  arrival(person, { tap: `staff.${++marks}.1`, terminal: "staff", status, tapped_at });

export const permutations = <T>(list: T[]): T[][] =>
  list.length < 2
    ? [list]
    : list.flatMap((one) =>
        permutations(list.filter((each) => each !== one)).map((rest) => [one, ...rest]),
      );

export const answers = (arrivals: Arrival[], more: Partial<Loaded> = {}): Loaded => ({
  today: { date: today, arrivals },
  at: 0,
  summary: {
    date: today,
    isInstructional: true,
    calendarLabel: "Class day",
    totalStudents: 3,
    timezone: "Asia/Manila",
    localTime: `${today}T07:30:00+08:00`,
    departures: false,
    school: "",
  },
  sections: [
    { section: "Narra", total: 2 },
    { section: "Molave", total: 1 },
  ],
  refusals: [],
  terminals: [],
  ...more,
});

export const loaded = (arrivals: Arrival[], state: State = empty) =>
  reduce(state, { kind: "loaded", answers: answers(arrivals) });

export const heard = (state: State, one: Arrival) =>
  reduce(state, { kind: "arrival", arrival: one });
