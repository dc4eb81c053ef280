// From what came over the wire to types.ts. Nothing from outside is trusted to have its shape: a
// missing text is "", a missing number 0, and an entry without what identifies it is left out.
import { t } from "./i18n/words";
import type { Arrival, Day, Refusal, RefusedTap, SectionTotal, Status, Student } from "./types";
import type { Summary, Terminal, User } from "./types";

type Fields = Record<string, unknown>;

export class NotUnderstood extends Error {
  constructor(what: string) {
    super(t("problem.not_understood", { what }));
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const fields = (value: unknown): Fields => (isFields(value) ? value : {});

const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

const number = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? value : 0;

const isDay = (value: string) => /^\d{4}-\d{2}-\d{2}$/.test(value);

// Old records say "present" or nothing for a person who came on time.
const statuses: readonly string[] = ["on_time", "late", "absent", "excused"];
const status = (value: unknown): Status =>
  statuses.includes(text(value)) ? (value as Status) : "on_time";

export function list<T>(value: unknown, what: string, one: (each: unknown) => T | null): T[] {
  if (!Array.isArray(value)) throw new NotUnderstood(what);
  return value.map(one).filter((each) => each !== null);
}

export function arrival(value: unknown): Arrival | null {
  const from = fields(value);
  const day = text(from.day) || text(from.date).slice(0, 10);
  const nfc_id = text(from.nfc_id);
  if (!isDay(day) || nfc_id === "") return null;
  const tap = text(from.tap);
  const taps = Array.isArray(from.taps) ? from.taps.map((each) => text(fields(each).tap)) : [];
  return {
    id: text(from._id) || `${day}/${text(from.person) || nfc_id}`,
    tap,
    taps: [...new Set([tap, ...taps])].filter((each) => each !== ""),
    nfc_id,
    tamtap_id: text(from.tamtap_id),
    name: text(from.name) || `${text(from.first_name)} ${text(from.last_name)}`.trim() || nfc_id,
    section: text(from.section),
    day,
    time: text(from.time),
    departure: text(from.departure),
    status: status(from.status),
    photo: text(from.photo) || null,
    tapped_at: text(from.tapped_at) || text(from.date),
    terminal: text(from.terminal),
    role: from.role === "teacher" ? "teacher" : "student",
  };
}

export function departure(value: unknown): { id: string; time: string } | null {
  const from = fields(value);
  const id = text(from._id);
  const time = text(from.departure);
  return id === "" || time === "" ? null : { id, time };
}

export function day(value: unknown): Day {
  const from = fields(value);
  const date = text(from.date);
  if (!isDay(date)) throw new NotUnderstood("attendance");
  return { date, arrivals: list(from.records, "attendance", arrival) };
}

export function refusal(value: unknown): Refusal | null {
  const from = fields(value);
  const timestamp = text(from.timestamp);
  if (timestamp === "") return null;
  return {
    nfc_id: text(from.nfc_id),
    name: text(from.name),
    reason: text(from.reason),
    decline_code: text(from.decline_code),
    terminal: text(from.terminal),
    timestamp,
    id: text(from.refusal),
    owner: text(from.owner),
  };
}

export function terminal(value: unknown): Terminal | null {
  const from = fields(value);
  const name = text(from.name);
  if (name === "") return null;
  return {
    name,
    label: text(from.label) || name,
    online: from.online === true,
    last_seen: text(from.last_seen),
    pending: number(from.pending),
    oldest_pending_seconds: number(from.oldest_pending_seconds),
    confirmed: number(from.confirmed),
    quarantined: number(from.quarantined),
    last_error: text(from.last_error),
    disk_problem: text(from.disk_problem),
    clock: text(from.clock),
    version: text(from.version),
    camera: text(from.camera),
    readers_away: Array.isArray(from.readers_away) ? from.readers_away.map(text) : [],
    disk_free_bytes: number(from.disk_free_bytes),
    mirror_problem: text(from.mirror_problem),
  };
}

export function refusedTap(value: unknown): RefusedTap | null {
  const from = fields(value);
  const terminal = text(from.terminal);
  if (terminal === "") return null;
  const nfc_id = text(from.nfc_id);
  return {
    terminal,
    tap: text(from.tap),
    nfc_id,
    name: text(from.name) || (nfc_id === "" ? "" : `Card ${nfc_id}`),
    section: text(from.section),
    day: text(from.day),
    time: text(from.time),
    reason: text(from.reason),
    requeued: from.requeued === true,
  };
}

export function student(value: unknown): Student | null {
  const from = fields(value);
  const nfc_id = text(from.nfc_id);
  if (nfc_id === "") return null;
  return {
    nfc_id,
    tamtap_id: text(from.tamtap_id),
    name: text(from.name) || `${text(from.first_name)} ${text(from.last_name)}`.trim() || nfc_id,
    grade: text(from.grade),
    section: text(from.section),
  };
}

export function section(value: unknown): SectionTotal | null {
  const from = fields(value);
  return typeof from.section === "string"
    ? { section: from.section, total: number(from.total) }
    : null;
}

export function summary(value: unknown): Summary {
  const from = fields(value);
  if (!isFields(from.stats)) throw new NotUnderstood("summary");
  return {
    date: text(from.date),
    isInstructional: from.isInstructional !== false,
    calendarLabel: text(from.calendarLabel),
    totalStudents: number(from.stats.totalStudents),
    timezone: text(from.timezone),
    localTime: text(from.localTime),
    departures: from.departures === true,
    school: text(from.school),
  };
}

export function user(value: unknown): User {
  const from = fields(fields(value).user);
  const username = text(from.username);
  if (username === "") throw new NotUnderstood("account");
  const role_type = text(from.role_type);
  const role = role_type === "admin" || role_type === "adviser" ? role_type : "teacher";
  const handled = Array.isArray(from.sections_handled) ? from.sections_handled : [];
  const sections = [text(from.advised_section), ...handled.map(text)].filter(
    (each, n, all) => each !== "" && all.indexOf(each) === n,
  );
  return {
    username,
    name: text(from.name) || username,
    role,
    admin: role === "admin",
    sections,
    mustChange: from.forcePasswordChange === true,
  };
}
