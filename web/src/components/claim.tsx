import { useEffect, useId, useRef, useState } from "preact/hooks";
import * as api from "../api";
import { plain } from "../search";
import type { Student } from "../types";

const mostFound = 6;

interface Props {
  card: string;
  sections: string[]; // that there are; another may be typed
  onDone: (words: string) => void;
  onClose: () => void;
}

// Whose card is it that a gate turned away? A new student's, or the new one of somebody who lost
// theirs.
export function Claim({ card, sections, onDone, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [lost, setLost] = useState(false);
  const title = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="card claim" aria-labelledby={title} onClose={onClose}>
      <h2 id={title}>Whose card is this?</h2>
      <p class="explain">
        A gate turned away the card <b>{card}</b>, because nobody has it.
      </p>
      <fieldset class="choice">
        <legend class="sr-only">Whose card it is</legend>
        <label>
          <input type="radio" name="claim" checked={!lost} onChange={() => setLost(false)} />
          <span>A new student</span>
        </label>
        <label>
          <input type="radio" name="claim" checked={lost} onChange={() => setLost(true)} />
          <span>Somebody lost theirs</span>
        </label>
      </fieldset>
      {lost ? (
        <LostCard card={card} onDone={onDone} onCancel={onClose} />
      ) : (
        <NewStudent card={card} sections={sections} onDone={onDone} onCancel={onClose} />
      )}
    </dialog>
  );
}

interface FormProps {
  card: string;
  onDone: (words: string) => void;
  onCancel: () => void;
}

// Sends once, and shows in words why it did not work.
function useSending(onDone: (words: string) => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const send = async (work: () => Promise<string>) => {
    if (busy) return;
    setBusy(true);
    setError("");
    try {
      onDone(await work());
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };
  return { busy, error, send };
}

function NewStudent({ card, sections, onDone, onCancel }: FormProps & { sections: string[] }) {
  const { busy, error, send } = useSending(onDone);
  const known = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const said = (name: string) => String(form.get(name) ?? "").trim();
    void send(async () => {
      const student = await api.addStudent({
        nfc_id: card,
        first_name: said("first_name"),
        last_name: said("last_name"),
        section: said("section"),
        grade: said("grade"),
      });
      return `${student.name} is registered`;
    });
  };
  return (
    <form class="claim-form" onSubmit={submit} aria-busy={busy}>
      <Field label="First name" name="first_name" autofocus />
      <Field label="Last name" name="last_name" />
      <Field label="Section" name="section" list={known} />
      <Field label="Grade" name="grade" optional />
      <datalist id={known}>
        {sections.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <Ending error={error} busy={busy} words="Register" onCancel={onCancel} />
    </form>
  );
}

function LostCard({ card, onDone, onCancel }: FormProps) {
  const { busy, error, send } = useSending(onDone);
  const [students, setStudents] = useState<Student[]>([]);
  const [failed, setFailed] = useState("");
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState("");
  useEffect(() => {
    api.students().then(setStudents, (failure: Error) => setFailed(failure.message));
  }, []);
  const words = plain(search).split(/\s+/).filter(Boolean);
  const found = students.filter((each) => {
    const text = plain(`${each.name} ${each.section} ${each.tamtap_id}`);
    return words.length > 0 && words.every((word) => text.includes(word));
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const student = students.find((each) => each.nfc_id === chosen);
    if (student === undefined) return;
    void send(async () => {
      await api.giveCard(student.nfc_id, card);
      return `${student.name} has this card now; the old one is refused`;
    });
  };
  return (
    <form class="claim-form" onSubmit={submit} aria-busy={busy}>
      <label class="field">
        <span>Search</span>
        <input
          type="search"
          value={search}
          placeholder="Name, section or number"
          autofocus
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </label>
      <fieldset class="found" aria-live="polite">
        <legend class="sr-only">Students found</legend>
        {words.length > 0 && found.length === 0 && <p class="nothing">Nobody found.</p>}
        {found.slice(0, mostFound).map((each) => (
          <label key={each.nfc_id} data-testid="candidate">
            <input
              type="radio"
              name="student"
              checked={chosen === each.nfc_id}
              onChange={() => setChosen(each.nfc_id)}
            />
            <span>
              {each.name} <small>{each.section}</small>
            </span>
          </label>
        ))}
        {found.length > mostFound && (
          <p class="nothing">{found.length - mostFound} more: type more of the name.</p>
        )}
      </fieldset>
      <Ending
        error={error || failed}
        busy={busy || chosen === ""}
        words="Give them this card"
        onCancel={onCancel}
      />
    </form>
  );
}

interface FieldProps {
  label: string;
  name: string;
  list?: string;
  optional?: boolean;
  autofocus?: boolean;
}

function Field({ label, name, list, optional, autofocus }: FieldProps) {
  return (
    <label class="field">
      <span>
        {label}
        {optional && " (may be empty)"}
      </span>
      <input
        name={name}
        list={list}
        required={!optional}
        maxLength={100}
        autocomplete="off"
        autofocus={autofocus}
      />
    </label>
  );
}

interface EndingProps {
  error: string;
  busy: boolean;
  words: string;
  onCancel: () => void;
}

function Ending({ error, busy, words, onCancel }: EndingProps) {
  return (
    <>
      {error !== "" && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <div class="claim-end">
        <button type="button" class="small" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="small claim-do" disabled={busy}>
          {words}
        </button>
      </div>
    </>
  );
}
