// What the server tells, once decode.ts has looked it over.

export type Status = "on_time" | "late" | "absent" | "excused";

// What a person's taps of one day amount to.
export interface Arrival {
  id: string; // "<day>/<person>": one a person a day
  tap: string; // of the arrival; empty when staff entered it by hand
  taps: string[]; // all of the person's taps that day, as far as they are known
  nfc_id: string;
  tamtap_id: string;
  name: string;
  section: string;
  day: string;
  time: string; // "HH:MM:SS", the school's
  departure: string; // the same, if they have left and the school records that; else empty
  status: Status;
  photo: string | null;
  tapped_at: string;
  terminal: string;
  role: "student" | "teacher";
}

export interface Refusal {
  id: string; // of the record that the gate keeps; empty if it keeps none
  nfc_id: string;
  name: string;
  reason: string;
  decline_code: string;
  terminal: string;
  timestamp: string;
  owner: string; // whose the card is by now, if it was registered since; else empty
}

export interface Terminal {
  name: string;
  label: string; // what staff call it; its name, if they have not said
  online: boolean;
  last_seen: string;
  pending: number; // taps that the central store does not have yet
  oldest_pending_seconds: number;
  confirmed: number;
  quarantined: number; // taps that the central store refused for good
  last_error: string;
  disk_problem: string; // what a full disk stops there, in a sentence; "" if nothing
  clock: string;
  version: string; // "" if the gate does not say
  camera: string; // "starting", "works" or "fails"; "" where there is none
  readers_away: string[]; // readers that do not answer it
  disk_free_bytes: number; // 0 if the gate does not say
  mirror_problem: string; // why the second copy of its journal is not written; "" if it is
}

export interface Student {
  nfc_id: string;
  tamtap_id: string;
  name: string;
  grade: string;
  section: string;
}

export interface SectionTotal {
  section: string;
  total: number;
}

export interface Summary {
  date: string;
  isInstructional: boolean;
  calendarLabel: string;
  totalStudents: number;
  timezone: string; // the school's, as in "Asia/Manila"; "" if the server does not say
  localTime: string; // the server's clock when it answered
  departures: boolean; // whether the school records when people leave
  school: string; // its name; "" if the school has not said
}

export interface Day {
  date: string;
  arrivals: Arrival[];
}

export type Role = "admin" | "adviser" | "teacher";

export interface User {
  username: string;
  name: string;
  role: Role;
  admin: boolean;
  sections: string[]; // that an adviser or a teacher sees; empty for an administrator
  mustChange: boolean; // somebody else has set the password
}

// A tap that the central store refused for good, as its gate reports it.
export interface RefusedTap {
  terminal: string;
  tap: string; // empty when the gate can no longer read it
  nfc_id: string;
  name: string;
  section: string;
  day: string;
  time: string;
  reason: string;
  requeued: boolean; // asked to try again; the gate has not answered yet
}

export type Live = "connecting" | "live" | "lost";
