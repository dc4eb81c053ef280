import { useState } from "react";
import { weekdayOf } from "../../days";
import { DateField } from "../../design/date_field";
import { Dialog } from "../../design/dialog";
import { DialogForm } from "../../design/dialog_form";
import { Select } from "../../design/select";
import { TextField } from "../../design/text_field";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { actionWords, kindWords, putEntry, type Kind } from "./entries";

const saturday = 5;
const longest = 200; // characters of a reason

interface Props {
  kinds: Kind[]; // that the reader may put in
  kind: Kind;
  first: string;
  last: string;
  section: string;
  sections: string[];
  onClose: () => void;
}

export default function EntryForm(props: Props) {
  const { kinds, sections, onClose } = props;
  const [kind, setKind] = useState<Kind>(props.kind);
  const [first, setFirst] = useState(props.first);
  const [last, setLast] = useState(props.last);
  const [section, setSection] = useState(props.section);
  const [reason, setReason] = useState("");
  const makeup = kind === "saturday-makeup";
  const fault =
    makeup && first !== "" && weekdayOf(first) !== saturday ? t("calendar.no_saturday") : "";
  const chosen = kind === "no-class" && section === "" ? (sections[0] ?? "") : section;

  const put = async () => {
    const end = makeup || last < first ? first : last;
    await putEntry({ kind, first, last: end, section: chosen, reason: reason.trim() });
    toast(t("calendar.put", { what: t(kindWords[kind]) }));
    onClose();
  };
  return (
    <Dialog title={t(actionWords[kind])} onClose={onClose} keepOpen>
      <DialogForm
        action={t("calendar.do")}
        onSend={() => (fault === "" ? put() : undefined)}
        onClose={onClose}
      >
        {kinds.length > 1 && (
          <Select
            label={t("calendar.what")}
            value={kind}
            options={kinds.map((each) => ({ value: each, words: t(actionWords[each]) }))}
            onChange={(value) => setKind(value as Kind)}
          />
        )}
        <DateField
          label={makeup ? t("days.day") : t("calendar.first")}
          value={first}
          error={fault}
          isRequired
          onChange={(day) => {
            setFirst(day);
            if (last < day) setLast(day);
          }}
        />
        {!makeup && (
          <DateField label={t("calendar.last")} value={last} min={first} onChange={setLast} />
        )}
        <Select
          label={t("calendar.whom")}
          testId="entry-section"
          value={chosen}
          options={[
            ...(kind === "no-class" ? [] : [{ value: "", words: t("calendar.school") }]),
            ...sections.map((each) => ({ value: each, words: each })),
          ]}
          onChange={setSection}
        />
        <TextField
          label={makeup ? t("calendar.reason_optional") : t("calendar.reason")}
          value={reason}
          onChange={setReason}
          isRequired={!makeup}
          maxLength={longest}
          autoFocus
          autoComplete="off"
        />
      </DialogForm>
    </Dialog>
  );
}
