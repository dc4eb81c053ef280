// What the server tells, as docs/openapi.yaml has it.

export type Status = "on_time" | "late" | "absent" | "excused";

export interface Arrival {
  _id: string; // "<day>/<person>": one a person a day
  tap: string;
  nfc_id: string;
  tamtap_id: string;
  name: string;
  grade: string;
  section: string;
  day: string;
  time: string;
  session: "AM" | "PM";
  status: Status;
  photo: string | null;
  tapped_at: string;
  terminal: string;
  role: "student" | "teacher";
  clock: string;
}

export interface Refusal {
  nfc_id: string;
  name: string | null;
  reason: string;
  decline_code: string;
  terminal: string;
  timestamp: string;
}

export interface Terminal {
  name: string;
  online: boolean;
  last_seen: string | null;
  pending: number;
  oldest_pending_seconds: number;
  confirmed: number;
  quarantined: number;
  last_error: string;
  state: string;
}

export interface Student {
  nfc_id: string;
  tamtap_id: string;
  name: string;
  grade: string;
  section: string;
}

export interface SectionCount {
  section: string;
  total: number;
}

export interface Summary {
  date: string;
  isInstructional: boolean;
  calendarStatus: string;
  calendarLabel: string;
  stats: { totalStudents: number; absent: number; excused: number };
}

export interface User {
  username: string;
  name: string;
  role: string;
  role_type: string;
}

export type Live = "connecting" | "live" | "lost";
