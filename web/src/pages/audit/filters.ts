// By what the trail is asked: a line more here is a filter more on the page. `param` is the server's.
import type { Word } from "../../i18n/words";

export interface Filter {
  param: "who" | "whom";
  words: Word;
  placeholder: Word;
  kind: "account" | "text";
}

export const filters: readonly Filter[] = [
  { param: "who", words: "audit.who", placeholder: "audit.who_any", kind: "account" },
  { param: "whom", words: "audit.whom", placeholder: "audit.whom_any", kind: "text" },
];

export type Asked = Partial<Record<Filter["param"], string>>;

// Empty ones are not asked for.
export const queryOf = (asked: Asked): Asked =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value.trim() !== ""));
