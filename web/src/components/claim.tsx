import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import * as api from "../api/answers";
import { messageOf } from "../api/problem";
import { Choice } from "../design/choice";
import { ComboBox } from "../design/combo_box";
import { Dialog } from "../design/dialog";
import { DialogForm } from "../design/dialog_form";
import { TextField } from "../design/text_field";
import { t } from "../i18n/words";
import { nameMeant, plain } from "../search";
import type { Student } from "../types";

const mostFound = 6;
const longest = 100; // characters of a name

interface Props {
  card: string;
  sections: string[]; // that there are; another may be typed
  onDone: (words: string) => void;
  onClose: () => void;
}

// Whose card is it that a gate turned away? A new student's, or the new one of somebody who lost
// theirs.
export default function Claim({ card, sections, onDone, onClose }: Props) {
  const [whose, setWhose] = useState("new");
  return (
    <Dialog title={t("claim.title")} onClose={onClose} keepOpen>
      <div className="dialog-body">
        <p className="explain">{t("claim.explain", { card })}</p>
        <Choice
          label={t("claim.whose")}
          value={whose}
          options={[
            { value: "new", words: t("claim.new") },
            { value: "lost", words: t("claim.lost") },
          ]}
          onChange={setWhose}
        />
      </div>
      {whose === "lost" ? (
        <LostCard card={card} onDone={onDone} onCancel={onClose} />
      ) : (
        <NewStudent card={card} sections={sections} onDone={onDone} onCancel={onClose} />
      )}
    </Dialog>
  );
}

interface FormProps {
  card: string;
  onDone: (words: string) => void;
  onCancel: () => void;
}

function NewStudent({ card, sections, onDone, onCancel }: FormProps & { sections: string[] }) {
  const [typed, setTyped] = useState("");
  const section = nameMeant(typed, sections);
  const register = async (form: HTMLFormElement) => {
    const filled = new FormData(form);
    const said = (name: string) => String(filled.get(name) ?? "").trim();
    const student = await api.addStudent({
      nfc_id: card,
      first_name: said("first_name"),
      last_name: said("last_name"),
      section,
      grade: said("grade"),
    });
    onDone(t("claim.registered", { name: student.name }));
  };
  return (
    <DialogForm action={t("claim.register")} onSend={register} onClose={onCancel}>
      <TextField
        label={t("people.first_name")}
        name="first_name"
        isRequired
        autoFocus
        maxLength={longest}
        autoComplete="off"
      />
      <TextField
        label={t("people.last_name")}
        name="last_name"
        isRequired
        maxLength={longest}
        autoComplete="off"
      />
      <ComboBox
        label={t("section.one")}
        items={sections.map((each) => ({ id: each, words: each }))}
        text={typed}
        onText={setTyped}
        onChange={() => undefined}
        mayBeNew
        explain={section !== "" && !sections.includes(section) ? t("section.new") : ""}
        isRequired
      />
      <TextField
        label={t("people.grade_optional")}
        name="grade"
        maxLength={longest}
        autoComplete="off"
      />
    </DialogForm>
  );
}

function LostCard({ card, onDone, onCancel }: FormProps) {
  const { data: students = [], error: failed } = useQuery({
    queryKey: ["get", "/api/students"],
    queryFn: api.students,
    meta: { saysItself: true },
  });
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState("");
  const group = useId();
  const words = plain(search).split(/\s+/).filter(Boolean);
  const found = students.filter((each) => {
    const text = plain(`${each.name} ${each.section} ${each.tamtap_id}`);
    return words.length > 0 && words.every((word) => text.includes(word));
  });
  const student = students.find((each) => each.nfc_id === chosen);
  const give = async ({ nfc_id, name }: Student) => {
    await api.giveCard(nfc_id, card);
    onDone(t("claim.given", { name }));
  };
  return (
    <DialogForm
      action={t("claim.give")}
      onSend={() => student && give(student)}
      onClose={onCancel}
      isDisabled={student === undefined}
      problem={failed ? messageOf(failed) : ""}
    >
      <TextField
        label={t("search.label")}
        type="search"
        value={search}
        onChange={setSearch}
        placeholder={t("claim.search")}
        autoFocus
      />
      <fieldset className="found" aria-live="polite">
        <legend className="sr-only">{t("claim.found")}</legend>
        {words.length > 0 && found.length === 0 && <p className="nothing">{t("search.nobody")}</p>}
        {found.slice(0, mostFound).map((each) => (
          <label key={each.nfc_id} data-testid="candidate">
            <input
              type="radio"
              name={group}
              checked={chosen === each.nfc_id}
              onChange={() => setChosen(each.nfc_id)}
            />
            <span>
              {each.name} <small>{each.section}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </DialogForm>
  );
}
