// One person as the school knows them, and what is old once they change. Students and teachers who
// tap are asked for at places of their own.
import { queryOptions } from "@tanstack/react-query";
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import type { components } from "../../api/schema";

export type Person = components["schemas"]["Person"];
export type Role = "student" | "teacher";

export interface Seen {
  person: Person;
  role: Role;
  tag: string; // of what was seen: a change goes only onto that
}

const at = (nfc: string) => ({ params: { path: { nfc } } });

export const personOf = (card: string, role: Role) =>
  queryOptions({
    queryKey: ["get", role === "teacher" ? "/api/teachers/{nfc}" : "/api/students/{nfc}", card],
    queryFn: async (): Promise<Seen> => {
      const { data, response } =
        role === "teacher"
          ? await client.GET("/api/teachers/{nfc}", at(card))
          : await client.GET("/api/students/{nfc}", at(card));
      return { person: data!.data, role, tag: response.headers.get("ETag") ?? "" };
    },
    meta: { saysItself: true },
  });

export const peopleChanged = () =>
  stale(
    "/api/students",
    "/api/students/{nfc}",
    "/api/teachers",
    "/api/teachers/{nfc}",
    "/api/stats",
    "/api/admin/sections",
    "/api/cards",
  );

export type Said = Partial<
  Record<
    "nfc_id" | "first_name" | "last_name" | "section" | "grade" | "lrn" | "sex" | "email",
    string
  >
> & { returned?: boolean };

// The person as they are then.
export async function changePerson({ person, role, tag }: Seen, said: Said): Promise<Person> {
  const asked = {
    ...at(person.nfc_id),
    headers: tag === "" ? {} : { "If-Match": tag },
    body: said,
  };
  const { data } =
    role === "teacher"
      ? await client.PUT("/api/teachers/{nfc}", asked)
      : await client.PUT("/api/admin/students/{nfc}", asked);
  void peopleChanged();
  return data!.data;
}

export async function addPerson(
  role: Role,
  said: Said & { nfc_id: string; section: string },
): Promise<Person> {
  const { data } =
    role === "teacher"
      ? await client.POST("/api/teachers", { body: said })
      : await client.POST("/api/admin/students", { body: said });
  void peopleChanged();
  return data!.data;
}

export const removePerson = async (role: Role, nfc: string) => {
  if (role === "teacher") await client.DELETE("/api/teachers/{nfc}", at(nfc));
  else await client.DELETE("/api/admin/students/{nfc}", at(nfc));
  void peopleChanged();
};
