import { useState, type FormEvent } from "react";
import { server } from "../../api/client";
import { messageOf } from "../../api/problem";
import { stale } from "../../api/queries";
import { Button } from "../../design/button";
import { Dialog, DialogEnd } from "../../design/dialog";
import { TextField } from "../../design/text_field";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";

interface Props {
  gate: string;
  onClose: () => void;
}

// What staff call the gate. The name in its taps and its journal stays, so nothing else changes.
export default function RenameGate({ gate, onClose }: Props) {
  const { gateName } = useSchool();
  const [label, setLabel] = useState(gateName(gate));
  const rename = server.useMutation("put", "/api/terminals/{name}", {
    onSuccess: () => {
      onClose();
      return stale("/api/terminals");
    },
    meta: { saysItself: true },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!rename.isPending) rename.mutate({ params: { path: { name: gate } }, body: { label } });
  };
  return (
    <Dialog title={t("gates.rename_title", { gate: gateName(gate) })} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          <TextField
            label={t("gates.name")}
            explain={t("gates.rename_explain", { gate })}
            value={label}
            onChange={setLabel}
            error={rename.error ? messageOf(rename.error) : ""}
            autoFocus
            autoComplete="off"
            maxLength={60}
            name="label"
          />
        </div>
        <DialogEnd>
          <Button onPress={onClose}>{t("act.cancel")}</Button>
          <Button tone="main" type="submit" isPending={rename.isPending} testId="rename-save">
            {t("act.save")}
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}
