// The class day before today, for comparison: Friday's on a Monday.
import { useQuery } from "@tanstack/react-query";
import * as api from "./api/answers";
import { client } from "./api/client";
import { cameIn } from "./counts";
import type { Arrival } from "./types";
import { addDays } from "./words";

const daysBack = 14; // longer holidays are not compared with

export interface PreviousDay {
  day: string; // "" if there was none
  arrivals: Arrival[];
}

async function ask(today: string): Promise<PreviousDay> {
  const query = { from: addDays(today, -daysBack), to: addDays(today, -1) };
  const { data } = await client.GET("/api/calendar/range", { params: { query } });
  const days = data?.dates.filter((each) => each.isInstructional).map((each) => each.date) ?? [];
  const day = days.sort().at(-1) ?? "";
  if (day === "") return { day, arrivals: [] };
  return { day, arrivals: (await api.pastDay(day)).arrivals.filter(cameIn) };
}

// It changes no more, so it is asked for once a day. Its key names no path of the API: what is told
// live does not make it old.
export function usePreviousDay(today: string): PreviousDay | undefined {
  return useQuery({
    queryKey: ["previous class day", today],
    queryFn: () => ask(today),
    enabled: today !== "",
    staleTime: Infinity,
    meta: { saysItself: true },
  }).data;
}
