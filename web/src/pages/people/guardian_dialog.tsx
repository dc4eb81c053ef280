import { useState, type FormEvent } from "react";
import { messageOf } from "../../api/problem";
import { Button } from "../../design/button";
import { Checkbox } from "../../design/checkbox";
import { Dialog, DialogEnd } from "../../design/dialog";
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
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const set = (change: Partial<Guardian>) => setSaid((all) => ({ ...all, ...change }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError("");
    try {
      await onSave(said);
      onClose();
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={guardian ? t("guardian.edit", { name: guardian.name }) : t("guardian.add")}
      onClose={onClose}
      size="wide"
      keepOpen
    >
      <form className="dialog-body" onSubmit={submit} aria-busy={busy}>
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
        <p className="error" role="alert">
          {error}
        </p>
        <DialogEnd>
          <Button onPress={onClose}>{t("act.cancel")}</Button>
          <Button type="submit" tone="main" isPending={busy}>
            {t("act.save")}
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}
