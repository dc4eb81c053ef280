// What a gate says of itself, as facts to show and as what needs somebody. Pure.
import { t } from "./i18n/words";
import type { Terminal } from "./types";
import { clock, duration, gateText } from "./words";

export type Mood = "good" | "waiting" | "bad" | "unknown";

export interface Fact {
  id: string;
  name: string;
  value: string;
  mood: Mood;
  todo: string; // what to do about it; empty if nothing
}

const gigabyte = 1e9;

export function bytes(count: number): string {
  return count >= gigabyte
    ? t("gates.gigabytes", { n: Math.round((10 * count) / gigabyte) / 10 })
    : t("gates.megabytes", { n: Math.round(count / 1e6) });
}

const fact = (id: string, name: string, value: string, mood: Mood = "good", todo = ""): Fact => ({
  id,
  name,
  value,
  mood,
  todo,
});

function camera(gate: Terminal): Fact {
  const name = t("gates.camera");
  switch (gate.camera) {
    case "works":
      return fact("camera", name, t("gates.works"));
    case "starting":
      return fact("camera", name, t("gates.starting"), "waiting");
    case "fails":
      return fact("camera", name, t("gates.fails"), "bad", t("gates.camera_todo"));
    default:
      return fact("camera", name, t("gates.none"), "unknown");
  }
}

function readers(gate: Terminal): Fact {
  const name = t("gates.readers");
  return gate.readers_away.length === 0
    ? fact("readers", name, t("gates.answer"))
    : fact(
        "readers",
        name,
        t("gates.away", { readers: gate.readers_away.join(", ") }),
        "bad",
        t("gates.reader_todo"),
      );
}

function space(gate: Terminal): Fact {
  const value = gate.disk_free_bytes === 0 ? t("gates.unknown") : bytes(gate.disk_free_bytes);
  return gate.disk_problem === ""
    ? fact("space", t("gates.space"), value, gate.disk_free_bytes === 0 ? "unknown" : "good")
    : fact("space", t("gates.space"), value, "bad", gate.disk_problem);
}

function backlog(gate: Terminal): Fact[] {
  const { pending, oldest_pending_seconds: age } = gate;
  const slow = pending > 0 && (age > 60 || !gate.online);
  const why = gate.last_error === "" ? "" : t("gates.why_wait", { why: gate.last_error });
  return [
    fact(
      "backlog",
      t("gates.waiting"),
      t("gates.taps", { count: pending }),
      slow ? "waiting" : "good",
      slow ? why : "",
    ),
    fact(
      "oldest",
      t("gates.oldest"),
      pending > 0 ? duration(age) : t("gates.no_oldest"),
      slow ? "waiting" : "good",
    ),
  ];
}

// All that a gate has reported; nothing of one that was never heard of.
export function factsOf(gate: Terminal, today: string): Fact[] {
  if (gate.last_seen === "") return [];
  const unsure = gate.clock === "unsure";
  return [
    fact("seen", t("gates.seen"), clock(gate.last_seen, today), gate.online ? "good" : "bad"),
    ...backlog(gate),
    fact("confirmed", t("gates.confirmed"), t("gates.taps", { count: gate.confirmed })),
    fact(
      "clock",
      t("gates.clock"),
      unsure ? t("gates.clock_unsure") : t("gates.clock_right"),
      unsure ? "bad" : "good",
      unsure ? t("gates.clock_todo") : "",
    ),
    readers(gate),
    camera(gate),
    space(gate),
    fact(
      "mirror",
      t("gates.mirror"),
      gate.mirror_problem === "" ? t("gates.mirror_fine") : t("gates.mirror_stopped"),
      gate.mirror_problem === "" ? "good" : "bad",
      gate.mirror_problem,
    ),
    fact(
      "version",
      t("gates.version"),
      gate.version || t("gates.unknown"),
      gate.version === "" ? "unknown" : "good",
    ),
  ];
}

// Whether somebody should go and look.
export const needsLook = (gate: Terminal, today: string) =>
  gateText(gate, today).mood !== "good" ||
  gate.quarantined > 0 ||
  factsOf(gate, today).some((each) => each.mood === "bad");
