// What the dashboard knows, and how each thing it hears changes that. Pure: the same arrival heard
// twice changes nothing.
import type { Arrival, Live, Refusal, SectionCount, Summary, Terminal } from "./types";

export interface State {
  live: Live;
  day: string;
  summary: Summary | null;
  arrivals: ReadonlyMap<string, Arrival>; // by _id
  sections: SectionCount[];
  refusals: Refusal[];
  terminals: Terminal[];
}

export const empty: State = {
  live: "connecting",
  day: "",
  summary: null,
  arrivals: new Map(),
  sections: [],
  refusals: [],
  terminals: [],
};

export type Change =
  | { kind: "live"; live: Live }
  | {
      kind: "loaded";
      day: string;
      summary: Summary;
      arrivals: Arrival[];
      sections: SectionCount[];
      refusals: Refusal[];
      terminals: Terminal[];
    }
  | { kind: "arrival"; arrival: Arrival }
  | { kind: "refusal"; refusal: Refusal }
  | { kind: "terminals"; terminals: Terminal[] };

const mostRefusals = 100;

export function reduce(state: State, change: Change): State {
  switch (change.kind) {
    case "live":
      return { ...state, live: change.live };
    case "loaded": {
      // What was heard while the answer was on its way is kept.
      const arrivals = new Map(change.arrivals.map((each) => [each._id, each]));
      for (const [id, each] of state.arrivals) {
        if (each.day === change.day && !arrivals.has(id)) arrivals.set(id, each);
      }
      const { kind: _, ...rest } = change;
      return { ...state, ...rest, arrivals };
    }
    case "arrival": {
      const { arrival } = change;
      if (state.day !== "" && arrival.day < state.day) return state; // of another day
      if (state.arrivals.get(arrival._id)?.tap === arrival.tap) return state;
      const arrivals =
        arrival.day > state.day && state.day !== "" ? new Map() : new Map(state.arrivals);
      arrivals.set(arrival._id, arrival);
      return { ...state, day: arrival.day, arrivals };
    }
    case "refusal":
      return {
        ...state,
        refusals: [change.refusal, ...state.refusals].slice(0, mostRefusals),
      };
    case "terminals":
      return { ...state, terminals: change.terminals };
  }
}

export interface Counts {
  total: number;
  onTime: number;
  late: number;
  present: number; // on time or late, as reports count it
  here: number; // present, and those who came later still
  notYet: number;
}

// Students only; an empty section means all of them.
export function count(state: State, section: string): Counts {
  let onTime = 0;
  let late = 0;
  let excused = 0;
  let others = 0;
  for (const each of state.arrivals.values()) {
    if (each.role !== "student" || (section !== "" && each.section !== section)) continue;
    if (each.status === "on_time") ++onTime;
    else if (each.status === "late") ++late;
    else if (each.status === "excused") ++excused;
    else ++others;
  }
  const total = state.sections
    .filter((each) => section === "" || each.section === section)
    .reduce((sum, each) => sum + each.total, 0);
  const present = onTime + late;
  const here = present + others;
  return { total, onTime, late, present, here, notYet: Math.max(0, total - here - excused) };
}

export function newestFirst(state: State, section: string): Arrival[] {
  return [...state.arrivals.values()]
    .filter((each) => section === "" || each.section === section)
    .sort((a, b) => (a.tapped_at < b.tapped_at ? 1 : a.tapped_at > b.tapped_at ? -1 : 0));
}

export interface Slot {
  label: string; // "07:05"
  onTime: number;
  late: number;
}

const slotMinutes = 5;
const fewestSlots = 12;

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const labelOf = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

// Arrivals by five minutes, from the first one to the last.
export function slots(arrivals: Arrival[]): Slot[] {
  if (arrivals.length === 0) return [];
  const indexes = arrivals.map((each) => Math.floor(minutesOf(each.time) / slotMinutes));
  const first = Math.min(...indexes);
  const last = Math.max(...indexes, first + fewestSlots - 1);
  const result = Array.from({ length: last - first + 1 }, (_, i) => ({
    label: labelOf((first + i) * slotMinutes),
    onTime: 0,
    late: 0,
  }));
  arrivals.forEach((each, i) => {
    const slot = result[indexes[i] - first];
    if (each.status === "on_time") ++slot.onTime;
    else ++slot.late;
  });
  return result;
}
