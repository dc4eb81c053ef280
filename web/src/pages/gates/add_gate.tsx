import { useState } from "react";
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import { Button } from "../../design/button";
import { Dialog, DialogEnd } from "../../design/dialog";
import { DialogForm } from "../../design/dialog_form";
import { TextField } from "../../design/text_field";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import { GateCode } from "./gate_code";

const mayBeName = /^[A-Za-z0-9_-]{1,32}$/;

interface Props {
  name: string; // of a gate that is let in again; else ""
  onClose: () => void;
}

// A name, and then the code by which the gate comes in.
export default function AddGate({ name: known, onClose }: Props) {
  const { state } = useSchool();
  const [name, setName] = useState(known || freeName(state.terminals.map((each) => each.name)));
  const [made, setMade] = useState<{ token: string; expires: string } | null>(null);
  const fits = mayBeName.test(name);
  const add = async () => {
    const { data } = await client.POST("/api/terminals", { body: { name } });
    void stale("/api/terminals");
    setMade(data!);
  };
  if (made) {
    return (
      <Dialog title={t("gates.code_title", { gate: name })} onClose={onClose} size="wide" keepOpen>
        <div className="dialog-body">
          <GateCode gate={name} code={made.token} expires={made.expires} />
        </div>
        <DialogEnd>
          <Button tone="main" onPress={onClose} testId="code-done">
            {t("act.close")}
          </Button>
        </DialogEnd>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("gates.add")} onClose={onClose} keepOpen>
      <DialogForm
        action={t("gates.make_code")}
        onSend={() => (fits ? add() : undefined)}
        onClose={onClose}
        actionTestId="make-code"
      >
        <TextField
          label={t("gates.name")}
          explain={t("gates.name_explain")}
          value={name}
          onChange={setName}
          onFocus={(event) => event.target instanceof HTMLInputElement && event.target.select()}
          error={name !== "" && !fits ? t("gates.name_wrong") : ""}
          autoFocus
          isRequired
          autoComplete="off"
          name="gate"
        />
      </DialogForm>
    </Dialog>
  );
}

// "gate-1", or the next one that is not taken.
function freeName(taken: string[]): string {
  for (let n = 1; ; ++n) if (!taken.includes(`gate-${n}`)) return `gate-${n}`;
}
