// The server's API. A call without a session ends in SignedOut.
import type { Arrival, Refusal, SectionCount, Student, Summary, Terminal, User } from "./types";

export class SignedOut extends Error {}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, { credentials: "same-origin", ...init });
  const body = (await response.json().catch(() => ({}))) as { error?: string } & T;
  if (response.status === 401 && !path.endsWith("/login")) throw new SignedOut("signed out");
  if (!response.ok) throw new Error(body.error ?? `the server answered ${response.status}`);
  return body;
}

const post = <T>(path: string, body: object) =>
  call<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const list = <T>(path: string) => call<{ data: T[] }>(path).then((body) => body.data);

export const signIn = (username: string, password: string) =>
  post<{ user: User }>("/api/auth/login", { username, password }).then((body) => body.user);
export const signOut = () => post<object>("/api/auth/logout", {});
export const me = () => call<{ user: User }>("/api/auth/me").then((body) => body.user);
export const arrivalsOf = (day?: string) =>
  call<{ date: string; records: Arrival[] }>(`/api/attendance${day ? `/${day}` : ""}`);
export const summary = () => call<Summary>("/api/stats/summary");
export const sections = () => list<SectionCount>("/api/stats/sections");
export const refusals = () => list<Refusal>("/api/refusals");
export const terminals = () => list<Terminal>("/api/terminals");
export const students = () => list<Student>("/api/students");
