import { useState } from "react";
import { server } from "../../api/client";
import { Choice } from "../../design/choice";
import { ComboBox } from "../../design/combo_box";
import { Dialog } from "../../design/dialog";
import { DialogForm } from "../../design/dialog_form";
import { Select } from "../../design/select";
import { TextField } from "../../design/text_field";
import { toast } from "../../design/toast";
import { t, type Word } from "../../i18n/words";
import { nameMeant } from "../../search";
import { CardField } from "./card_field";
import { addPerson, changePerson, type Person, type Role, type Said, type Seen } from "./person";

const longest = 100; // characters

interface Props {
  seen?: Seen; // who is changed; without, somebody new
  role?: Role; // what somebody new is at first
  onDone: (person: Person, role: Role) => void;
  onClose: () => void;
}

const fields = ["first_name", "last_name", "section", "grade", "lrn", "sex", "email"] as const;
type Field = (typeof fields)[number];
type Filled = Record<Field, string>;

const filledFrom = (person: Person | undefined): Filled => ({
  first_name: person?.first_name ?? "",
  last_name: person?.last_name ?? "",
  section: person?.section ?? "",
  grade: person?.grade ?? "",
  lrn: person?.lrn ?? "",
  sex: person?.sex ?? "",
  email: person?.email ?? "",
});

const texts: [Field, Word][] = [
  ["first_name", "people.first_name"],
  ["last_name", "people.last_name"],
];
const moreTexts: [Field, Word][] = [
  ["grade", "people.grade_optional"],
  ["lrn", "person.lrn_optional"],
  ["email", "person.email_optional"],
];

export default function PersonForm({ seen, role: first = "student", onDone, onClose }: Props) {
  const [role, setRole] = useState<Role>(seen?.role ?? first);
  const [filled, setFilled] = useState(() => filledFrom(seen?.person));
  const [card, setCard] = useState("");
  const [wasRefused, setRefused] = useState(false);
  const [isReturned, setReturned] = useState(false);
  const { data: sections } = server.useQuery("get", "/api/admin/sections");
  const names = (sections?.data ?? []).map((each) => each.name);
  const section = nameMeant(filled.section, names);
  const isNew = sections !== undefined && section !== "" && !names.includes(section);
  const set = (field: Field, value: string) => setFilled((all) => ({ ...all, [field]: value }));
  const setSection = (section: string) => {
    const grade = sections?.data.find((each) => each.name === section)?.grade ?? "";
    setFilled((all) => ({ ...all, section, grade: all.grade === "" ? grade : all.grade }));
  };

  const save = async () => {
    const tidy = Object.fromEntries(fields.map((each) => [each, filled[each].trim()])) as Filled;
    tidy.section = section;
    if (seen === undefined) {
      const returned = isReturned ? { returned: true } : {};
      return addPerson(role, { nfc_id: card.trim(), ...tidy, ...returned });
    }
    const before = filledFrom(seen.person);
    const said: Said = Object.fromEntries(
      fields.filter((each) => tidy[each] !== before[each]).map((each) => [each, tidy[each]]),
    );
    return Object.keys(said).length === 0 ? seen.person : changePerson(seen, said);
  };
  const send = async () => {
    const person = await save();
    toast(
      seen
        ? t("person.changed", { name: person.name })
        : t("claim.registered", { name: person.name }),
    );
    onDone(person, role);
  };

  const text = ([field, words]: [Field, Word]) => (
    <TextField
      key={field}
      label={t(words)}
      value={filled[field]}
      onChange={(value) => set(field, value)}
      isRequired={field === "first_name" || field === "last_name"}
      autoFocus={field === "first_name"}
      maxLength={longest}
      autoComplete="off"
    />
  );
  return (
    <Dialog
      title={seen ? t("person.edit_title", { name: seen.person.name }) : t("people.add")}
      onClose={onClose}
      size="wide"
      keepOpen
    >
      <DialogForm
        action={seen ? t("act.save") : t("claim.register")}
        onSend={send}
        onClose={onClose}
        onRefused={() => setRefused(true)}
      >
        {!seen && (
          <Choice
            label={t("person.role")}
            value={role}
            options={[
              { value: "student", words: t("people.student") },
              { value: "teacher", words: t("role.teacher") },
            ]}
            onChange={(value) => setRole(value as Role)}
          />
        )}
        <div className="form-grid">
          {texts.map(text)}
          <ComboBox
            label={t(role === "student" ? "section.one" : "section.optional")}
            items={names.map((each) => ({ id: each, words: each }))}
            text={filled.section}
            onText={(value) => set("section", value)}
            onChange={(id) => id !== "" && setSection(id)}
            mayBeNew
            explain={isNew ? t("section.new") : ""}
            isRequired={role === "student"}
          />
          {moreTexts.filter(([field]) => role === "student" || field === "email").map(text)}
          <Select
            label={t("person.sex_optional")}
            value={filled.sex}
            options={[
              { value: "", words: t("person.sex_unsaid") },
              { value: "F", words: t("person.sex_f") },
              { value: "M", words: t("person.sex_m") },
            ]}
            onChange={(value) => set("sex", value)}
          />
        </div>
        {!seen && (
          <CardField
            label={t("person.card")}
            value={card}
            wasRefused={wasRefused}
            isReturned={isReturned}
            onChange={setCard}
            onReturned={setReturned}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}
