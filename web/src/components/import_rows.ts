// What an import would do, as rows. Pure.
import { t, type Word } from "../i18n/words";

export interface Row {
  id: string;
  line: number; // of the file; 0: it is not in it
  who: string;
  section: string;
  what: string;
}

const fieldWords: Record<string, Word> = {
  nfc_id: "person.card",
  first_name: "people.first_name",
  last_name: "people.last_name",
  grade: "people.grade",
  section: "section.one",
  email: "person.email",
  sex: "person.sex",
  lrn: "person.lrn",
  role: "person.role",
  adviser_id: "hours.adviser",
  grace_period_minutes: "hours.grace",
  absent_threshold_minutes: "hours.absent",
};

interface Change {
  field: string;
  from: string;
  to: string;
}

const changeText = ({ field, from, to }: Change) => {
  const words = field in fieldWords ? t(fieldWords[field]) : field;
  return from === ""
    ? t("import.change_new", { field: words, to })
    : t("import.change", { field: words, from, to: to === "" ? "–" : to });
};

export const changesText = (changes: Change[] | undefined) =>
  (changes ?? []).map(changeText).join(" · ");

export interface Part {
  id: string; // as the report calls it
  words: Word;
  tone: "good" | "bad" | "late" | "plain" | "excused";
  rows: Row[];
}
