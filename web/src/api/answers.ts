// Answers of the server that the live page looks over field by field, because what it shows is also
// told live, by gates of other versions. Pages of other things ask by client.ts, which has types.
import * as decode from "../decode";
import type { MarkStatus } from "../marks";
import { prefix } from "../place";
import { ask } from "./client";

const call = async (path: string, init?: RequestInit): Promise<unknown> =>
  (await ask(new URL(prefix + path, location.origin), init)).json();

const send = (method: "POST" | "PUT", path: string, body: object) =>
  call(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const post = (path: string, body: object) => send("POST", path, body);

const data = async <T>(path: string, one: (each: unknown) => T | null) =>
  decode.list(decode.fields(await call(path)).data, path, one);

export const signIn = async (username: string, password: string) =>
  decode.user(await post("/api/auth/login", { username, password }));
export const changePassword = (currentPassword: string, newPassword: string) =>
  post("/api/auth/change-password", { currentPassword, newPassword });
export const firstAdmin = (token: string, username: string, password: string) =>
  post("/api/auth/first-admin", { token, username, password });
export const signOut = () => post("/api/auth/logout", {});
export const me = async () => decode.user(await call("/api/auth/me"));
export const today = async () => decode.day(await call("/api/attendance"));
export const pastDay = async (day: string) => decode.day(await call(`/api/attendance/${day}`));
export const summary = async (day = "") =>
  decode.summary(await call(`/api/stats/summary${day && `?date=${day}`}`));
export const sections = () => data("/api/stats/sections", decode.section);
export const refusals = () => data("/api/refusals", decode.refusal);
export const terminals = () => data("/api/terminals", decode.terminal);
// Returns the student as the school knows them now.
const studentIn = (answer: unknown) => {
  const student = decode.student(decode.fields(answer).data);
  if (student === null) throw new decode.NotUnderstood("student");
  return student;
};
export const addStudent = async (said: Record<string, string>) =>
  studentIn(await send("POST", "/api/admin/students", said));
// The card that they had is refused from now on.
export const giveCard = async (nfc_id: string, card: string) =>
  studentIn(
    await send("PUT", `/api/admin/students/${encodeURIComponent(nfc_id)}`, { nfc_id: card }),
  );
export const students = () => data("/api/students", decode.student);
export const teachers = () => data("/api/teachers", decode.student);

// Of the last month: how long staff can still know when somebody came.
export const unsureTaps = async () => {
  const answer = decode.fields(await call("/api/attendance/unsure"));
  return decode.list(answer.records, "unsure times", decode.arrival);
};
// The time of that day's arrival stands as it is.
export const acceptTime = (day: string, tap: string) =>
  post(`/api/attendance/${day}/accepted`, { tap });
export const refusedTaps = () => data("/api/quarantine", decode.refusedTap);
// No taps: all of that gate.
export const tryAgain = (terminal: string, taps: string[]) =>
  post(`/api/terminals/${encodeURIComponent(terminal)}/requeue`, taps.length === 0 ? {} : { taps });
// Returns the mark as it was stored.
export const mark = async (day: string, nfc_id: string, status: MarkStatus) => {
  const answer = await post(`/api/attendance/${day}/marks`, { nfc_id, status });
  const record = decode.arrival(decode.fields(answer).record);
  if (record === null) throw new decode.NotUnderstood("mark");
  return record;
};
