// The words that staff read.
import { cameIn } from "./counts";
import { currentLanguage, t, type Word } from "./i18n/words";
import type { Arrival, Refusal, RefusedTap, Terminal } from "./types";

export function statusText(arrival: Arrival): string {
  switch (arrival.status) {
    case "on_time":
      return t("status.on_time");
    case "late":
      return t("status.late");
    case "excused":
      return t("status.excused");
    case "absent":
      return cameIn(arrival) ? t("status.very_late") : t("status.marked_absent");
  }
}

const refusalWords: Record<string, Word> = {
  UNKNOWN_CARD: "refusal.unknown_card",
  UNREADABLE_CARD: "refusal.unreadable_card",
  CARD_REPLACED: "refusal.card_replaced",
  AMBIGUOUS_CARD: "refusal.ambiguous_card",
  NO_CLASSES_TODAY: "refusal.no_classes_today",
  CLASSES_ENDED: "refusal.classes_ended",
  NO_FACE_DETECTED: "refusal.no_face_detected",
  FACE_PARTIALLY_VISIBLE: "refusal.face_partially_visible",
  MULTIPLE_FACES_DETECTED: "refusal.multiple_faces_detected",
  EYES_NOT_VISIBLE: "refusal.eyes_not_visible",
  DETECTION_TIMEOUT: "refusal.detection_timeout",
  CAMERA_FAILED: "refusal.camera_failed",
  STORAGE_FULL: "refusal.storage_full",
  STORAGE_FAILED: "refusal.storage_failed",
};

export const isSerious = (refusal: Refusal) =>
  ["CAMERA_FAILED", "STORAGE_FULL", "STORAGE_FAILED"].includes(refusal.decline_code);

export function refusalText(refusal: Refusal): string {
  const known = refusalWords[refusal.decline_code] ?? refusalWords[refusal.reason];
  if (known !== undefined) return t(known);
  const words = (refusal.reason || refusal.decline_code).replaceAll("_", " ").trim().toLowerCase();
  return words === "" ? t("refusal.other") : words[0].toUpperCase() + words.slice(1);
}

// What central stores say when they refuse a tap for good.
const reasonWords: Record<string, Word> = {
  "tap id with two contents": "reason.two_contents",
  "tap of another terminal": "reason.other_terminal",
  "the line is no JSON": "reason.unreadable",
  "a record field holds text that is no UTF-8": "reason.damaged",
};

export function reasonText(reason: string): string {
  const known = reasonWords[reason];
  if (known !== undefined) return t(known);
  const words = reason.trim();
  return words === "" ? t("reason.none") : words[0].toUpperCase() + words.slice(1);
}

export function duration(seconds: number): string {
  if (seconds < 90) return t("time.seconds", { n: Math.round(seconds) });
  if (seconds < 5400) return t("time.minutes", { n: Math.round(seconds / 60) });
  if (seconds < 129600) return t("time.hours", { n: Math.round(seconds / 3600) });
  return t("time.days", { n: Math.round(seconds / 86400) });
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
  if (!gate.online) {
    if (gate.last_seen === "") {
      return { mood: "silent", chip: t("gate.unseen"), line: t("gate.unseen_line") };
    }
    const line = t("gate.silent_line", {
      time: clock(gate.last_seen, today),
      count: gate.pending,
    });
    return { mood: "silent", chip: t("gate.silent"), line };
  }
  if (gate.pending > 0) {
    const since = duration(gate.oldest_pending_seconds);
    const line = t("gate.sending_line", { count: gate.pending, since });
    return {
      mood: gate.oldest_pending_seconds > 60 ? "waiting" : "good",
      chip: t("gate.sending"),
      line,
    };
  }
  return { mood: "good", chip: t("gate.online"), line: t("gate.online_line") };
}

const dayFormat = (options: Intl.DateTimeFormatOptions) => {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (day: string) => {
    const language = currentLanguage();
    const format =
      formats.get(language) ?? new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    formats.set(language, format);
    const date = new Date(`${day}T00:00:00Z`);
    return Number.isNaN(date.getTime()) ? "" : format.format(date);
  };
};

export const weekday = dayFormat({ weekday: "long" });
export const shortWeekday = dayFormat({ weekday: "short" });
export const shortDay = dayFormat({ month: "short", day: "numeric" });
export const monthDay = dayFormat({ month: "long", day: "numeric" });
export const dayOfYear = dayFormat({ dateStyle: "long" });
export const longDay = dayFormat({ dateStyle: "full" });

export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
