// The words that staff read.
import type { Refusal, Status } from "./types";

export const statusWords: Record<Status, string> = {
  on_time: "On time",
  late: "Late",
  absent: "Very late", // came after the absence threshold
  excused: "Excused",
};

const refusalWords: Record<string, string> = {
  UNKNOWN_CARD: "Card not registered",
  NO_CLASSES_TODAY: "No classes today",
  CLASSES_ENDED: "Classes have ended",
  NO_FACE_DETECTED: "No face seen",
  FACE_PARTIALLY_VISIBLE: "Face not in the middle",
  MULTIPLE_FACES_DETECTED: "More than one face",
  EYES_NOT_VISIBLE: "Eyes not seen",
  DETECTION_TIMEOUT: "The camera was too slow",
  CAMERA_FAILED: "The camera failed",
  STORAGE_FULL: "The gate's storage is full: call for help",
  STORAGE_FAILED: "The gate's storage failed: call for help",
};

export const refusalText = (refusal: Refusal) =>
  refusalWords[refusal.decline_code] ?? refusalWords[refusal.reason] ?? refusal.reason;

export function ago(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const longDay = (day: string) =>
  day === ""
    ? ""
    : new Intl.DateTimeFormat("en", { dateStyle: "full", timeZone: "UTC" }).format(
        new Date(`${day}T00:00:00Z`),
      );
