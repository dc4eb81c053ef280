// Sheets are sent twice: to be told what would change, and to change it.
import { prefix } from "../place";
import { ask } from "./client";
import type { paths } from "./schema";

const wait = 120_000; // milliseconds: ten thousand people are looked at

type People = paths["/api/admin/students/bulk"]["post"];
type Hours = paths["/api/schedules/import"]["post"];
export type PeopleReport = People["responses"]["200"]["content"]["application/json"];
export type HoursReport = Hours["responses"]["200"]["content"]["application/json"];

export type SameName = "" | "replace-card" | "another-person";

export interface PeopleOptions {
  sameName: SameName;
  removeMissing: boolean;
}

async function send<Report>(
  path: string,
  file: File,
  asked: Record<string, string>,
  signal?: AbortSignal,
) {
  const url = new URL(prefix + path, location.origin);
  for (const [key, value] of Object.entries(asked))
    if (value !== "") url.searchParams.set(key, value);
  const headers = { "Content-Type": "application/octet-stream" };
  const answer = await ask(url, { method: "POST", headers, body: file, signal }, wait);
  return (await answer.json()) as Report;
}

export const sendPeople = (
  file: File,
  { sameName, removeMissing }: PeopleOptions,
  trial: boolean,
  signal?: AbortSignal,
) =>
  send<PeopleReport>(
    "/api/admin/students/bulk",
    file,
    {
      dry_run: trial ? "1" : "",
      same_name: sameName,
      remove_missing: removeMissing ? "1" : "",
    },
    signal,
  );

export const sendHours = (file: File, trial: boolean, signal?: AbortSignal) =>
  send<HoursReport>("/api/schedules/import", file, { dry_run: trial ? "1" : "" }, signal);
