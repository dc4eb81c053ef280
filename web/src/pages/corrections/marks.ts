// What staff say of people's days: sent day by day, taken back, and read with who said it and why.
import { client } from "../../api/client";
import { t, type Word } from "../../i18n/words";
import { addDays } from "../../words";

export interface Who {
  nfc_id: string;
  name: string;
  section: string;
}

export type Said = "excused" | "absent" | "present";

export interface Request {
  people: Who[];
  from: string; // "YYYY-MM-DD"; both days are included
  to: string;
  status: Said;
  reason: string; // of who is excused
  note: string;
  time: string; // "HH:MM", of who was here
  over: boolean; // also where something is known of the day; else that stays
}

// One person's one day.
export interface MarkOf {
  day: string;
  nfc_id: string;
}

export interface Outcome {
  done: MarkOf[];
  skipped: number; // something was known of their day already
}

export interface Mark extends Who {
  day: string;
  status: string;
  reason: string;
  note: string;
  by: string; // the name of who said it
  at: string; // when, as the school's clocks had it
  time: string; // when they came, if they were here; else empty
}

const mostAtOnce = 500; // people in one request, as the server has it

// The server's list; what another version of it says is shown as it is.
const reasons: Record<string, Word> = {
  Medical: "reasons.medical",
  "Family Emergency": "reasons.family",
  "School Activity": "reasons.activity",
  Weather: "reasons.weather",
  Transportation: "reasons.transport",
  Other: "reasons.other",
};
export const reasonWords = (reason: string) => (reasons[reason] ? t(reasons[reason]) : reason);

export function daysFrom(from: string, to: string): string[] {
  const days = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

async function classDays(section: string, from: string, to: string) {
  const { data } = await client.GET("/api/calendar/range", {
    params: { query: { from, to, section } },
  });
  return new Set(data!.dates.filter((each) => each.isInstructional).map((each) => each.date));
}

// Over several days only class days are marked: nobody is missed on a Sunday.
async function plan({ people, from, to }: Request): Promise<[string, Who[]][]> {
  if (from === to) return [[from, people]];
  const sections = [...new Set(people.map((each) => each.section))];
  const classes = new Map(
    await Promise.all(
      sections.map(async (each) => [each, await classDays(each, from, to)] as const),
    ),
  );
  return daysFrom(from, to)
    .map((day): [string, Who[]] => [
      day,
      people.filter((each) => classes.get(each.section)!.has(day)),
    ])
    .filter(([, who]) => who.length > 0);
}

async function markSome(day: string, people: Who[], request: Request): Promise<Outcome> {
  const { status, reason, note, time, over } = request;
  const words = { status, reason, note, ...(status === "present" ? { time } : {}) };
  const params = { path: { date: day } };
  if (over && people.length === 1) {
    const { nfc_id } = people[0];
    await client.POST("/api/attendance/{date}/marks", { params, body: { ...words, nfc_id } });
    return { done: [{ day, nfc_id }], skipped: 0 };
  }
  const nfc_ids = people.map((each) => each.nfc_id);
  const { data } = await client.POST("/api/attendance/{date}/marks", {
    params,
    body: { ...words, nfc_ids },
  });
  const skipped = new Set(data!.skipped?.map((each) => each.nfc_id));
  const done = nfc_ids.filter((each) => !skipped.has(each)).map((nfc_id) => ({ day, nfc_id }));
  return { done, skipped: skipped.size };
}

// Stops between two requests; what is done by then stays, and is returned.
export async function sendMarks(
  request: Request,
  onProgress: (percent: number) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const all: Outcome = { done: [], skipped: 0 };
  const steps = (await plan(request)).flatMap(([day, people]) =>
    Array.from({ length: Math.ceil(people.length / mostAtOnce) }, (_, n) => ({
      day,
      people: people.slice(n * mostAtOnce, (n + 1) * mostAtOnce),
    })),
  );
  for (const [n, { day, people }] of steps.entries()) {
    if (signal.aborted) break;
    onProgress(Math.round((100 * n) / steps.length));
    const { done, skipped } = await markSome(day, people, request);
    all.done.push(...done);
    all.skipped += skipped;
  }
  return all;
}

// What was said before, if anything was, holds again.
export async function takeBack(marks: MarkOf[]) {
  for (const { day, nfc_id } of marks) {
    await client.DELETE("/api/attendance/{date}/marks/{nfc}", {
      params: { path: { date: day, nfc: nfc_id } },
    });
  }
}

interface Answered {
  nfc_id: string;
  name?: string;
  section?: string;
  day: string;
  status: string;
  time: string;
  terminal?: string;
  excuse_reason?: string;
  excuse_note?: string;
  marked_by?: string;
  marked_by_name?: string;
  marked_at?: string;
}

// A day that is known by a tap is none of staff's, whatever they said of it.
export const marksIn = (records: Answered[]): Mark[] =>
  records
    .filter((each) => each.terminal === "staff")
    .map((each) => ({
      nfc_id: each.nfc_id,
      name: each.name ?? "",
      section: each.section ?? "",
      day: each.day,
      status: each.status,
      reason: each.excuse_reason ?? "",
      note: each.excuse_note ?? "",
      by: each.marked_by_name || each.marked_by || "",
      at: each.marked_at ?? "",
      time: each.status === "on_time" || each.status === "late" ? each.time.slice(0, 5) : "",
    }))
    .sort((a, b) => b.at.localeCompare(a.at));

export async function marksOf(day: string): Promise<Mark[]> {
  const { data } = await client.GET("/api/attendance/{date}", { params: { path: { date: day } } });
  return marksIn(data!.records);
}

// Of the days ahead, who is excused.
export async function marksAhead(today: string): Promise<Mark[]> {
  const to = addDays(today, 366);
  const marks: Mark[] = [];
  for (let from: string | null = addDays(today, 1); from !== null; ) {
    const query: { from: string; to: string } = { from, to };
    const { data } = await client.GET("/api/attendance/range/query", { params: { query } });
    marks.push(...marksIn(data!.records));
    from = data!.next;
  }
  return marks;
}

export interface Absence extends Mark {
  days: string[]; // in order
}

// One line for what somebody said once of several days of one person.
export function absencesOf(marks: Mark[]): Absence[] {
  const found = new Map<string, Absence>();
  for (const mark of [...marks].sort((a, b) => a.day.localeCompare(b.day))) {
    const key = JSON.stringify([mark.nfc_id, mark.reason, mark.note, mark.by]);
    const known = found.get(key);
    if (known) known.days.push(mark.day);
    else found.set(key, { ...mark, days: [mark.day] });
  }
  return [...found.values()];
}
