import type { ReactNode } from "react";

export type Tone = "plain" | "good" | "waiting" | "bad" | "excused";

const classes: Record<Tone, string> = {
  plain: "",
  good: "chip-on_time",
  waiting: "chip-late",
  bad: "chip-absent",
  excused: "chip-excused",
};

export const Badge = ({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) => (
  <span className={`chip ${classes[tone]}`}>{children}</span>
);

// How many, beside a heading.
export const Count = ({ value }: { value: number }) => <span className="badge">{value}</span>;
