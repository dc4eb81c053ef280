import { useState, type FormEvent } from "react";
import { server } from "../../api/client";
import { messageOf } from "../../api/problem";
import { stale } from "../../api/queries";
import { Button } from "../../design/button";
import { Dialog, DialogEnd } from "../../design/dialog";
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
  const add = server.useMutation("post", "/api/terminals", {
    onSuccess: () => stale("/api/terminals"),
    meta: { saysItself: true },
  });
  const fits = mayBeName.test(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fits && !add.isPending) add.mutate({ body: { name } });
  };
  if (add.data) {
    return (
      <Dialog title={t("gates.code_title", { gate: name })} onClose={onClose} size="wide" keepOpen>
        <div className="dialog-body">
          <GateCode gate={name} code={add.data.token} expires={add.data.expires} />
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
      <form onSubmit={submit}>
        <div className="dialog-body">
          <TextField
            label={t("gates.name")}
            explain={t("gates.name_explain")}
            value={name}
            onChange={setName}
            onFocus={(event) => event.target instanceof HTMLInputElement && event.target.select()}
            error={
              add.error ? messageOf(add.error) : name !== "" && !fits ? t("gates.name_wrong") : ""
            }
            autoFocus
            isRequired
            autoComplete="off"
            name="gate"
          />
        </div>
        <DialogEnd>
          <Button onPress={onClose}>{t("act.cancel")}</Button>
          <Button tone="main" type="submit" isPending={add.isPending} testId="make-code">
            {t("gates.make_code")}
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

// "gate-1", or the next one that is not taken.
function freeName(taken: string[]): string {
  for (let n = 1; ; ++n) if (!taken.includes(`gate-${n}`)) return `gate-${n}`;
}
