// One person as the school knows them, and what is old once they change.
import { queryOptions } from "@tanstack/react-query";
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import type { components } from "../../api/schema";

export type Person = components["schemas"]["Person"];

export interface Seen {
  person: Person;
  tag: string; // of what was seen: a change goes only onto that
}

export const personOf = (card: string) =>
  queryOptions({
    queryKey: ["get", "/api/students/{nfc}", card],
    queryFn: async (): Promise<Seen> => {
      const { data, response } = await client.GET("/api/students/{nfc}", {
        params: { path: { nfc: card } },
      });
      return { person: data!.data, tag: response.headers.get("ETag") ?? "" };
    },
    meta: { saysItself: true },
  });

export const peopleChanged = () =>
  stale("/api/students", "/api/students/{nfc}", "/api/stats", "/api/admin/sections", "/api/cards");

export type Said = Partial<
  Record<
    "nfc_id" | "first_name" | "last_name" | "section" | "grade" | "lrn" | "sex" | "email",
    string
  >
>;

// The person as they are then.
export async function changePerson({ person, tag }: Seen, said: Said): Promise<Person> {
  const { data } = await client.PUT("/api/admin/students/{nfc}", {
    params: { path: { nfc: person.nfc_id } },
    headers: tag === "" ? {} : { "If-Match": tag },
    body: said,
  });
  void peopleChanged();
  return data!.data;
}

export async function addPerson(said: Said & { nfc_id: string; section: string }): Promise<Person> {
  const { data } = await client.POST("/api/admin/students", { body: said });
  void peopleChanged();
  return data!.data;
}
