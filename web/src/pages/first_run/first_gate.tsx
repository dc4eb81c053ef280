import { lazy, Suspense, useState } from "react";
import { Button } from "../../design/button";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";

const AddGate = lazy(() => import("../gates/add_gate"));

interface Props {
  onBusy: (busy: boolean) => void; // while the code is shown, the step stays open
}

export function FirstGate({ onBusy }: Props) {
  const { state } = useSchool();
  const [adding, setAdding] = useState(false);
  const add = (on: boolean) => {
    setAdding(on);
    onBusy(on);
  };
  const waits = state.terminals.find((each) => each.last_seen === "");
  return (
    <>
      <p className="soft">{t("guide.gate_explain")}</p>
      {waits && <p role="status">{t("gates.not_here", { gate: waits.name })}</p>}
      <p>
        <Button tone={waits ? "plain" : "main"} testId="first-gate" onPress={() => add(true)}>
          {t(waits ? "guide.new_code" : "gates.add")}
        </Button>
      </p>
      {adding && (
        <Suspense>
          <AddGate name={waits?.name ?? ""} onClose={() => add(false)} />
        </Suspense>
      )}
    </>
  );
}
