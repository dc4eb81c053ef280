import { useState } from "react";
import { messageOf } from "../api/problem";
import { t, type Word } from "../i18n/words";
import type { MarkStatus } from "../marks";
import type { Arrival, Student } from "../types";

// Stores what staff say of a student's day; rejects with words that can be shown.
export type Marker = (day: string, student: Student, status: MarkStatus) => Promise<Arrival>;

const choices: [MarkStatus, Word][] = [
  ["excused", "mark.excuse"],
  ["absent", "mark.absent"],
];

interface Props {
  name: string;
  status: MarkStatus | null; // as it is marked now
  onMark: (status: MarkStatus) => Promise<unknown>;
}

// The buttons stay where they are once pressed, so that the keyboard's focus does too.
export function Marking({ name, status, onMark }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  const press = async (wanted: MarkStatus) => {
    if (busy || wanted === status) return;
    setBusy(true);
    setError("");
    try {
      await onMark(wanted);
    } catch (failure) {
      setError(t("mark.failed", { why: messageOf(failure) }));
    }
    setBusy(false);
  };

  return (
    <span className="marking" aria-busy={busy}>
      {choices.map(([each, words]) => (
        <button
          key={each}
          type="button"
          className="small"
          data-testid={`mark-${each}`}
          aria-pressed={each === status}
          aria-disabled={busy || each === status}
          onClick={() => press(each)}
        >
          {t(words)}
          <span className="sr-only"> {name}</span>
        </button>
      ))}
      {error !== "" && (
        <span className="error" role="alert">
          {error}
        </span>
      )}
    </span>
  );
}
