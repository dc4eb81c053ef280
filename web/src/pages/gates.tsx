import { lazy, Suspense, useState } from "react";
import { server } from "../api/client";
import { Button } from "../design/button";
import { EmptyState } from "../design/empty_state";
import { PageHeader } from "../design/page_header";
import { Explain } from "../components/explain";
import { needsLook } from "../gate_health";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";
import { useUser } from "../shell/session";
import type { Terminal } from "../types";
import { GateCard } from "./gates/gate_card";
import { ShutOutGates } from "./gates/shut_out_gates";
import "../styles/gates.css";

const AddGate = lazy(() => import("./gates/add_gate"));
const RenameGate = lazy(() => import("./gates/rename_gate"));
const ShutOut = lazy(() => import("./gates/shut_out"));
const VoidTaps = lazy(() => import("./gates/void_taps"));

type Asked = { what: "add" | "rename" | "shut-out" | "void"; gate: string } | null;

// Every gate: how it is, what waits there, what was refused, and letting one in or shutting one out.
export default function Gates() {
  const { state, checking } = useSchool();
  const { admin } = useUser();
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const { data } = server.useQuery("get", "/api/terminals", {}, { enabled: admin });
  const shutOut = (data?.revoked ?? []).filter(
    (name) => !state.terminals.some((each) => each.name === name),
  );
  const add = admin && (
    <Button
      tone="main"
      icon="plus"
      testId="add-gate"
      onPress={() => setAsked({ what: "add", gate: "" })}
    >
      {t("gates.add")}
    </Button>
  );
  return (
    <div className="page">
      <PageHeader title={t("gates.title")} actions={state.terminals.length > 0 && add} />
      {state.loaded && state.terminals.length === 0 && (
        <div className="card">
          <EmptyState icon="gates" title={t("gates.empty")} action={add}>
            {admin ? t("gates.empty_next") : t("gates.empty_ask")}
          </EmptyState>
        </div>
      )}
      <ul className="gate-cards" aria-label={t("gates.title")}>
        {troubledFirst(state.terminals, state.day).map((each) => (
          <GateCard
            key={each.name}
            gate={each}
            day={state.day}
            refused={checking.checks?.gates.find((one) => one.gate === each.name)}
            refresh={checking.refresh}
            onRename={admin ? () => setAsked({ what: "rename", gate: each.name }) : undefined}
            onShutOut={admin ? () => setAsked({ what: "shut-out", gate: each.name }) : undefined}
          />
        ))}
      </ul>
      {state.terminals.length > 0 && <Explain words={t("gates.explain")} to="gates" />}
      <ShutOutGates
        names={shutOut}
        onVoid={(gate) => setAsked({ what: "void", gate })}
        onAgain={(gate) => setAsked({ what: "add", gate })}
      />
      <Suspense>
        {asked?.what === "add" && <AddGate name={asked.gate} onClose={close} />}
        {asked?.what === "rename" && <RenameGate gate={asked.gate} onClose={close} />}
        {asked?.what === "shut-out" && (
          <ShutOut gate={asked.gate} onClose={close} today={state.day} />
        )}
        {asked?.what === "void" && <VoidTaps gate={asked.gate} onClose={close} today={state.day} />}
      </Suspense>
    </div>
  );
}

const troubledFirst = (gates: Terminal[], day: string) => [
  ...gates.filter((each) => needsLook(each, day)),
  ...gates.filter((each) => !needsLook(each, day)),
];
