import { useState } from "react";
import { Checkbox } from "../../design/checkbox";
import { Dialog } from "../../design/dialog";
import { DialogForm } from "../../design/dialog_form";
import { Select } from "../../design/select";
import { TextField } from "../../design/text_field";
import { languages, nameOf, t } from "../../i18n/words";
import { events, type Guardian } from "./guardians";

interface Props {
  guardian?: Guardian; // who is changed; without, somebody new
  onSave: (guardian: Guardian) => Promise<void>;
  onClose: () => void;
}

const nobody: Guardian = { name: "", mail: "", phone: "", language: "en" };

// One guardian: where they are written to, and what they have asked to be told.
export default function GuardianDialog({ guardian, onSave, onClose }: Props) {
  const [said, setSaid] = useState<Guardian>(guardian ?? nobody);
  const set = (change: Partial<Guardian>) => setSaid((all) => ({ ...all, ...change }));
  const send = () => onSave(said).then(onClose);
  return (
    <Dialog
      title={guardian ? t("guardian.edit", { name: guardian.name }) : t("guardian.add")}
      onClose={onClose}
      size="wide"
      keepOpen
    >
      <DialogForm action={t("act.save")} onSend={send} onClose={onClose}>
        <div className="form-grid">
          <TextField
            label={t("guardian.name")}
            value={said.name}
            onChange={(name) => set({ name })}
            isRequired
            autoFocus
            maxLength={100}
            autoComplete="off"
          />
          <TextField
            label={t("guardian.mail")}
            value={said.mail ?? ""}
            onChange={(mail) => set({ mail })}
            inputMode="email"
            maxLength={254}
            autoComplete="off"
          />
          <TextField
            label={t("guardian.phone")}
            value={said.phone ?? ""}
            onChange={(phone) => set({ phone })}
            inputMode="tel"
            maxLength={30}
            autoComplete="off"
          />
          <Select
            label={t("guardian.language")}
            value={said.language ?? "en"}
            options={languages.map((each) => ({ value: each, words: nameOf(each) }))}
            onChange={(language) => set({ language: language as Guardian["language"] })}
          />
        </div>
        <fieldset className="guardian-wants">
          <legend>{t("guardian.wants")}</legend>
          {events.map(([event, words]) => (
            <Checkbox
              key={event}
              words={t(words)}
              isSelected={said[event] ?? false}
              onChange={(on) => set({ [event]: on })}
            />
          ))}
        </fieldset>
        <p className="soft">{t("guardian.consent")}</p>
      </DialogForm>
    </Dialog>
  );
}
