// What is in the calendar, of all three kinds, and what puts it there.
import { queryOptions } from "@tanstack/react-query";
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import type { components } from "../../api/schema";
import type { Word } from "../../i18n/words";

type Stored = components["schemas"]["CalendarEntry"];
export type Kind = Stored["type"];
export type CalendarDay = components["schemas"]["Day"];

export interface Entry {
  id: string;
  kind: Kind;
  first: string;
  last: string;
  section: string; // "": the whole school
  reason: string;
}

export const kindWords: Record<Kind, Word> = {
  suspension: "calendar.suspension",
  "no-class": "calendar.no_class",
  "saturday-makeup": "calendar.makeup",
};

export const actionWords: Record<Kind, Word> = {
  suspension: "calendar.do_suspend",
  "no-class": "calendar.do_no_class",
  "saturday-makeup": "calendar.do_makeup",
};

export const dayWords: Record<CalendarDay["status"], Word> = {
  instructional: "calendar.classes",
  suspension: "calendar.suspension",
  "no-class": "calendar.no_class",
  weekend: "year.free",
  "saturday-makeup": "calendar.makeup",
};

const entryOf = ({ id, type, date = "", startDate, endDate, section, reason }: Stored): Entry => ({
  id,
  kind: type,
  first: startDate ?? date,
  last: endDate ?? startDate ?? date,
  section: section ?? "",
  reason,
});

export const entriesOf = (from: string, to: string, section: string) =>
  queryOptions({
    queryKey: ["get", "/api/calendar/entries", from, to, section],
    queryFn: async (): Promise<Entry[]> => {
      const params = { query: { from, to, ...(section === "" ? {} : { section }) } };
      const answers = await Promise.all([
        client.GET("/api/calendar/suspensions", { params }),
        client.GET("/api/calendar/no-class", { params }),
        client.GET("/api/calendar/saturday-makeups", { params }),
      ]);
      return answers
        .flatMap(({ data }) => data!.data.map(entryOf))
        .sort((a, b) => (a.first < b.first ? -1 : 1));
    },
    meta: { saysItself: true },
  });

export const isOn = (entry: Entry, day: string) => entry.first <= day && day <= entry.last;

export const calendarChanged = () => stale("/api/calendar", "/api/stats", "/api/schedules");

export async function putEntry({ kind, first, last, section, reason }: Omit<Entry, "id">) {
  const body = {
    startDate: first,
    endDate: last,
    reason,
    ...(section === "" ? {} : { section }),
  };
  const paths = {
    suspension: "/api/calendar/suspension",
    "no-class": "/api/calendar/no-class",
    "saturday-makeup": "/api/calendar/saturday-makeup",
  } as const;
  await client.POST(paths[kind], { body });
  void calendarChanged();
}

export function removeEntry({ kind, id }: Entry) {
  const paths = {
    suspension: "/api/calendar/suspension/{id}",
    "no-class": "/api/calendar/no-class/{id}",
    "saturday-makeup": "/api/calendar/saturday-makeup/{id}",
  } as const;
  return client.DELETE(paths[kind], { params: { path: { id } } });
}
