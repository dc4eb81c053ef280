// The hours of a section, as the server has them and as they are filled in.
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import type { components } from "../../api/schema";

export type Schedule = components["schemas"]["Schedule"];

export const weekdays = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export type Weekday = (typeof weekdays)[number];

export interface Hours {
  start: string; // "" on a day without classes
  end: string;
}

export type Week = Record<Weekday, Hours>;

export const weekOf = (schedule: Schedule): Week =>
  Object.fromEntries(
    weekdays.map((day) => {
      const hours = schedule.weekly_schedule[day];
      return [day, { start: hours?.start ?? "", end: hours?.end ?? "" }];
    }),
  ) as Week;

export interface Seen {
  schedule: Schedule;
  tag: string; // of what was seen; "" where the usual hours hold
}

export async function askHours(section: string, own: boolean): Promise<Seen> {
  const { data, response } = await client.GET("/api/schedules/{section}", {
    params: { path: { section } },
  });
  return { schedule: data!.data, tag: own ? (response.headers.get("ETag") ?? "") : "" };
}

export interface Said {
  week: Week;
  grace: number; // minutes
  absent: number;
  adviser?: string;
}

export async function putHours(section: string, said: Said, tag = "") {
  const week = Object.fromEntries(
    weekdays.map((day) => {
      const { start, end } = said.week[day];
      return [day, start === "" ? { start: null, end: null } : { start, end }];
    }),
  );
  await client.PUT("/api/schedules/{section}", {
    params: { path: { section } },
    headers: tag === "" ? {} : { "If-Match": tag },
    body: {
      weekly_schedule: week,
      grace_period_minutes: said.grace,
      absent_threshold_minutes: said.absent,
      ...(said.adviser === undefined ? {} : { adviser_id: said.adviser }),
    },
  });
}

export const hoursChanged = () =>
  stale("/api/schedules", "/api/schedules/{section}", "/api/admin/sections", "/api/calendar");
