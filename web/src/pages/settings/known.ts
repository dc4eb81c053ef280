// Every setting that the page has words for, in the order in which it shows them. A setting of the
// server that is not here is shown all the same, among the others, in the server's words.
import type { IconName } from "../../components/icons";
import type { Word } from "../../i18n/words";

export type Kind =
  | "switch"
  | "minutes"
  | "days"
  | "milliseconds"
  | "zone"
  | "panel"
  | "words"
  | "line";

export interface Known {
  key: string; // the server's
  words: Word;
  explain: Word;
  kind: Kind;
}

export interface Group {
  id: string;
  words: Word;
  icon: IconName;
  settings: Known[];
}

const setting = (key: string, kind: Kind, words: Word, explain: Word): Known => ({
  key,
  kind,
  words,
  explain,
});

const text = (key: string, words: Word) => setting(key, "words", words, "settings.text_explain");

export const groups: Group[] = [
  {
    id: "school",
    words: "settings.school",
    icon: "today",
    settings: [
      setting("school.name", "line", "settings.school_name", "settings.school_name_explain"),
      setting("timezone", "zone", "settings.zone", "settings.zone_explain"),
    ],
  },
  {
    id: "hours",
    words: "settings.hours",
    icon: "schedules",
    settings: [
      setting("grace_period_minutes", "minutes", "settings.grace", "settings.grace_explain"),
      setting(
        "absent_threshold_minutes",
        "minutes",
        "settings.threshold",
        "settings.threshold_explain",
      ),
      setting(
        "saturdayClassesEnabled",
        "switch",
        "settings.saturdays",
        "settings.saturdays_explain",
      ),
    ],
  },
  {
    id: "departures",
    words: "settings.departures",
    icon: "leave",
    settings: [
      setting("departures", "switch", "settings.departures_on", "settings.departures_explain"),
      setting(
        "departures.after_minutes",
        "minutes",
        "settings.departures_after",
        "settings.departures_after_explain",
      ),
    ],
  },
  {
    id: "panels",
    words: "settings.panels",
    icon: "gates",
    settings: [setting("texts.idle", "panel", "settings.idle", "settings.idle_explain")],
  },
  {
    id: "photos",
    words: "settings.photos",
    icon: "students",
    settings: [
      setting("camera.enabled", "switch", "settings.camera", "settings.camera_explain"),
      setting("camera.required", "switch", "settings.required", "settings.required_explain"),
      setting("face.eyes", "switch", "settings.eyes", "settings.eyes_explain"),
      setting("face.patience_ms", "milliseconds", "settings.patience", "settings.patience_explain"),
    ],
  },
  {
    id: "kept",
    words: "settings.kept",
    icon: "audit",
    settings: [
      setting("retention.records_days", "days", "settings.records", "settings.records_explain"),
      setting("retention.photos_days", "days", "settings.photo_days", "settings.photo_explain"),
      setting("retention.refusals_days", "days", "settings.refusals", "settings.refusals_explain"),
      setting("retention.journal_days", "days", "settings.journal", "settings.journal_explain"),
      setting("privacy.contact", "line", "settings.contact", "settings.contact_explain"),
    ],
  },
  {
    id: "words",
    words: "settings.words",
    icon: "bell",
    settings: [
      setting("words.guardians", "switch", "settings.words_on", "settings.words_on_explain"),
      setting("words.absent_at", "line", "settings.absent_at", "settings.absent_at_explain"),
      setting("words.quiet", "line", "settings.quiet", "settings.quiet_explain"),
      setting("words.expire_minutes", "minutes", "settings.expire", "settings.expire_explain"),
      setting("words.most_to_one", "line", "settings.most_to_one", "settings.most_to_one_explain"),
      setting("words.most_a_day", "line", "settings.most_a_day", "settings.most_a_day_explain"),
      text("words.arrival.en", "settings.arrival_en"),
      text("words.arrival.fil", "settings.arrival_fil"),
      text("words.departure.en", "settings.departure_en"),
      text("words.departure.fil", "settings.departure_fil"),
      text("words.absence.en", "settings.absence_en"),
      text("words.absence.fil", "settings.absence_fil"),
    ],
  },
];

// What a setting that is not known here looks like: what the server sends says it.
export const kindOf = (value: string | number | boolean): Kind =>
  typeof value === "boolean" ? "switch" : "line";
