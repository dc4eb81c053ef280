import { useState } from "react";
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import { Dialog } from "../../design/dialog";
import { DialogForm } from "../../design/dialog_form";
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
  const rename = async () => {
    await client.PUT("/api/terminals/{name}", {
      params: { path: { name: gate } },
      body: { label },
    });
    void stale("/api/terminals");
    onClose();
  };
  return (
    <Dialog title={t("gates.rename_title", { gate: gateName(gate) })} onClose={onClose}>
      <DialogForm
        action={t("act.save")}
        onSend={rename}
        onClose={onClose}
        actionTestId="rename-save"
      >
        <TextField
          label={t("gates.name")}
          explain={t("gates.rename_explain", { gate })}
          value={label}
          onChange={setLabel}
          autoFocus
          autoComplete="off"
          maxLength={60}
          name="label"
        />
      </DialogForm>
    </Dialog>
  );
}
