// What the dashboard knows, and how each thing it hears changes that. Pure: the same thing heard
// twice, or in another order, comes to the same.
import { comesFirst } from "./marks";
import { schoolClock, type SchoolClock } from "./school_clock";
import type { Arrival, Day, Live, Refusal, SectionTotal, Summary, Terminal } from "./types";

export interface State {
  live: Live;
  trouble: string; // why the last refresh failed; empty when it did not
  storeAnswers: boolean; // whether the server reaches the central store
  loaded: boolean;
  day: string;
  clock: SchoolClock; // the school's, whatever the device's clock and zone are
  asOf: number; // when the lists were last asked for, as Date.now() has it
  summary: Summary | null;
  arrivals: ReadonlyMap<string, Arrival>; // by id; what is shown: `stored` and `heard` as one
  stored: ReadonlyMap<string, Arrival>; // as the server last listed them
  heard: ReadonlyMap<string, Arrival>; // told live; a gate may not have sent them to the store yet
  sections: SectionTotal[];
  refusals: Refusal[]; // newest first
  terminals: Terminal[];
}

export const empty: State = {
  live: "connecting",
  trouble: "",
  storeAnswers: true,
  loaded: false,
  day: "",
  clock: { zone: "", ahead: 0 },
  asOf: 0,
  summary: null,
  arrivals: new Map(),
  stored: new Map(),
  heard: new Map(),
  sections: [],
  refusals: [],
  terminals: [],
};

export interface Loaded {
  at: number; // when the answers came, as Date.now() has it
  today: Day;
  summary: Summary;
  sections: SectionTotal[];
  refusals: Refusal[];
  terminals: Terminal[];
}

export type Change =
  | { kind: "live"; live: Live }
  | { kind: "loaded"; answers: Loaded }
  | { kind: "failed"; message: string }
  | { kind: "arrival"; arrival: Arrival }
  | { kind: "departure"; id: string; time: string }
  | { kind: "refusal"; refusal: Refusal }
  | { kind: "several"; changes: Change[] } // what was told in a moment, to be drawn once
  | { kind: "status"; terminals: Terminal[]; storeAnswers: boolean };

const mostRefusals = 100;

// The store's word counts, unless a gate told of an earlier tap, or staff of a newer mark, that the
// store's answer did not have yet.
function combine(stored: ReadonlyMap<string, Arrival>, heard: ReadonlyMap<string, Arrival>) {
  const known = new Set([...stored.values()].flatMap((each) => each.taps));
  const both = new Map(stored);
  for (const [id, each] of heard) {
    const other = stored.get(id);
    if (known.has(each.tap)) continue;
    if (other === undefined || comesFirst(each, other)) both.set(id, each);
  }
  return both;
}

// Told live, it bears the server's time, and listed later that of the gate.
const nameOf = (each: Refusal) =>
  each.id || [each.timestamp, each.terminal, each.nfc_id, each.decline_code].join(" ");

function withRefusals(known: Refusal[], more: Refusal[], day: string): Refusal[] {
  const all = new Map([...known, ...more].map((each) => [nameOf(each), each]));
  return [...all.values()]
    .filter((each) => day === "" || each.timestamp.slice(0, 10) >= day)
    .sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1))
    .slice(0, mostRefusals);
}

const ofDay = (heard: ReadonlyMap<string, Arrival>, day: string) =>
  new Map([...heard].filter(([, each]) => each.day === day));

function loaded(state: State, answers: Loaded): State {
  const { at, today, summary, sections, refusals, terminals } = answers;
  const stored = new Map(today.arrivals.map((each) => [each.id, each]));
  const heard = new Map([...state.heard].filter(([, each]) => each.day >= today.date));
  return {
    ...state,
    trouble: "",
    loaded: true,
    day: today.date,
    clock: schoolClock(summary.timezone, summary.localTime, at),
    asOf: at,
    summary,
    stored,
    heard,
    arrivals: combine(stored, ofDay(heard, today.date)),
    sections,
    refusals: withRefusals(state.refusals, refusals, today.date),
    terminals,
  };
}

// Which day it is, the server says: the clock of a gate may be wrong. An arrival of a later day is
// kept, and shown when that day has come.
function arrived(state: State, arrivals: Arrival[]): State {
  let heard: Map<string, Arrival> | null = null;
  for (const arrival of arrivals) {
    if (state.loaded && arrival.day < state.day) continue; // of a day that is over
    const known = (heard ?? state.heard).get(arrival.id);
    if (known && !comesFirst(arrival, known)) continue;
    if (state.arrivals.get(arrival.id)?.taps.includes(arrival.tap)) continue;
    heard = (heard ?? new Map(state.heard)).set(arrival.id, arrival);
  }
  if (heard === null) return state;
  const day = state.day || arrivals[0].day;
  if (arrivals.every((each) => each.day !== day)) return { ...state, day, heard };
  return { ...state, day, heard, arrivals: combine(state.stored, ofDay(heard, day)) };
}

// Arrivals that were told one after the other are taken together: at seven o'clock there are many,
// and each by itself would copy all the others.
function several(state: State, changes: Change[]): State {
  let arrivals: Arrival[] = [];
  let next = state;
  const take = () => {
    if (arrivals.length > 0) next = arrived(next, arrivals);
    arrivals = [];
  };
  for (const change of changes) {
    if (change.kind === "arrival") {
      arrivals.push(change.arrival);
      continue;
    }
    take();
    next = reduce(next, change);
  }
  take();
  return next;
}

function departed(state: State, id: string, time: string): State {
  const leave = (known: ReadonlyMap<string, Arrival>) => {
    const each = known.get(id);
    return each ? new Map(known).set(id, { ...each, departure: time }) : known;
  };
  const { stored, heard, arrivals } = state;
  return { ...state, stored: leave(stored), heard: leave(heard), arrivals: leave(arrivals) };
}

export function reduce(state: State, change: Change): State {
  switch (change.kind) {
    case "live":
      return change.live === state.live ? state : { ...state, live: change.live };
    case "loaded":
      return loaded(state, change.answers);
    case "failed":
      return { ...state, trouble: change.message };
    case "arrival":
      return arrived(state, [change.arrival]);
    case "several":
      return several(state, change.changes);
    case "departure":
      return departed(state, change.id, change.time);
    case "refusal":
      return { ...state, refusals: withRefusals(state.refusals, [change.refusal], state.day) };
    case "status":
      return { ...state, terminals: change.terminals, storeAnswers: change.storeAnswers };
  }
}
