// The words that staff read.
import { cameIn } from "./counts";
import type { Arrival, Refusal, RefusedTap, Terminal } from "./types";

export function statusText(arrival: Arrival): string {
  switch (arrival.status) {
    case "on_time":
      return "On time";
    case "late":
      return "Late";
    case "excused":
      return "Excused";
    case "absent":
      return cameIn(arrival) ? "Very late" : "Marked absent";
  }
}

const refusalWords: Record<string, string> = {
  UNKNOWN_CARD: "Card not registered",
  UNREADABLE_CARD: "Card could not be read",
  CARD_REPLACED: "Card was replaced",
  AMBIGUOUS_CARD: "Number may be two people's card",
  NO_CLASSES_TODAY: "No classes today",
  CLASSES_ENDED: "Classes have ended",
  NO_FACE_DETECTED: "No face seen by the camera",
  FACE_PARTIALLY_VISIBLE: "Face not fully in the picture",
  MULTIPLE_FACES_DETECTED: "More than one face in the picture",
  EYES_NOT_VISIBLE: "Eyes not visible",
  DETECTION_TIMEOUT: "The camera took too long",
  CAMERA_FAILED: "The camera is not working",
  STORAGE_FULL: "The gate's memory is full: call for help",
  STORAGE_FAILED: "The gate's memory failed: call for help",
};

export const isSerious = (refusal: Refusal) =>
  ["CAMERA_FAILED", "STORAGE_FULL", "STORAGE_FAILED"].includes(refusal.decline_code);

export function refusalText(refusal: Refusal): string {
  const known = refusalWords[refusal.decline_code] ?? refusalWords[refusal.reason];
  if (known !== undefined) return known;
  const words = (refusal.reason || refusal.decline_code).replaceAll("_", " ").trim().toLowerCase();
  return words === "" ? "Turned away" : words[0].toUpperCase() + words.slice(1);
}

// What central stores say when they refuse a tap for good.
const reasonWords: Record<string, string> = {
  "tap id with two contents": "The store has this very tap already, with other contents",
  "tap of another terminal": "The gate is signed up under another name than its taps carry",
  "the line is no JSON": "The store could not read it",
  "a record field holds text that is no UTF-8": "Its text is damaged",
};

export function reasonText(reason: string): string {
  const words = reasonWords[reason] ?? reason.trim();
  return words === "" ? "No reason was given" : words[0].toUpperCase() + words.slice(1);
}

export const plural = (n: number, one: string, many: string) =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

export function duration(seconds: number): string {
  if (seconds < 90) return plural(Math.round(seconds), "second", "seconds");
  if (seconds < 5400) return plural(Math.round(seconds / 60), "minute", "minutes");
  if (seconds < 129600) return plural(Math.round(seconds / 3600), "hour", "hours");
  return plural(Math.round(seconds / 86400), "day", "days");
}

// "07:42" as the school's clocks have it; with the day when that is not `today`.
export function clock(iso: string, today: string): string {
  const time = iso.slice(11, 16);
  return iso.slice(0, 10) === today ? time : `${shortDay(iso.slice(0, 10))}, ${time}`;
}

// The same for a tap: "07:42", or "Nov 23, 07:42".
export const whenText = (tap: Pick<RefusedTap, "day" | "time">, today: string) =>
  tap.day === "" ? "" : clock(`${tap.day}T${tap.time}`, today);

export const unsureTime = (tap: Arrival, today: string) => `${whenText(tap, today)}?`;

export interface GateWords {
  mood: "good" | "waiting" | "silent";
  chip: string;
  line: string;
}

export function gateText(gate: Terminal, today: string): GateWords {
  const waiting = plural(gate.pending, "tap", "taps");
  if (!gate.online) {
    if (gate.last_seen === "") {
      return { mood: "silent", chip: "Not seen yet", line: "It has not called in yet" };
    }
    const left = gate.pending > 0 ? `, with ${waiting} still to send` : "";
    const line = `Last heard at ${clock(gate.last_seen, today)}${left}`;
    return { mood: "silent", chip: "Silent", line };
  }
  if (gate.pending > 0) {
    const since = duration(gate.oldest_pending_seconds);
    const line = `${waiting} waiting to be sent, the oldest for ${since}`;
    return { mood: gate.oldest_pending_seconds > 60 ? "waiting" : "good", chip: "Sending", line };
  }
  return { mood: "good", chip: "Online", line: "Everything is sent" };
}

const dayFormat = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat("en", { ...options, timeZone: "UTC" });
  return (day: string) => {
    const date = new Date(`${day}T00:00:00Z`);
    return Number.isNaN(date.getTime()) ? "" : format.format(date);
  };
};

export const weekday = dayFormat({ weekday: "long" });
export const shortDay = dayFormat({ month: "short", day: "numeric" });
export const monthDay = dayFormat({ month: "long", day: "numeric" });
export const longDay = dayFormat({ dateStyle: "full" });

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
