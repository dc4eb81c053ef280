import { useState, type ReactNode } from "react";
import * as api from "../../api/answers";
import { messageOf } from "../../api/problem";
import { refusedOf, type GateTaps } from "../../checks";
import { Icon } from "../../components/icons";
import { Count } from "../../design/badge";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import { useUser } from "../../shell/session";
import type { Arrival, RefusedTap } from "../../types";
import { reasonText, unsureTime, whenText } from "../../words";

// What machines cannot settle.
export function ToCheck() {
  const { checking, state } = useSchool();
  const { admin } = useUser();
  const { checks, error, refresh } = checking;
  const today = state.day;
  return (
    <div className="page" aria-busy={checks === null && error === ""}>
      <p className="error" role="alert">
        {error}
      </p>
      {checks !== null && (
        <>
          <UnsureTaps taps={checks.unsure} today={today} refresh={refresh} />
          <RefusedTaps gates={checks.gates} today={today} admin={admin} refresh={refresh} />
        </>
      )}
    </div>
  );
}

function Well({ words }: { words: string }) {
  return (
    <p className="well">
      <span className="token token-good">
        <Icon name="check" />
      </span>
      {words}
    </p>
  );
}

interface UnsureProps {
  taps: Arrival[];
  today: string;
  refresh: () => Promise<void>;
}

function UnsureTaps({ taps, today, refresh }: UnsureProps) {
  const [error, setError] = useState("");
  const accept = async (tap: Arrival) => {
    setError("");
    try {
      await api.acceptTime(tap.day, tap.tap);
    } catch (failure) {
      setError(t("check.not_accepted", { name: tap.name, why: messageOf(failure) }));
    }
    await refresh();
  };
  return (
    <section className="card" aria-labelledby="unsure-title">
      <h2 id="unsure-title">
        {t("check.unsure")} {taps.length > 0 && <Count value={taps.length} />}
      </h2>
      {taps.length === 0 ? (
        <Well words={t("check.unsure_none")} />
      ) : (
        <p className="explain">{t("check.unsure_explain")}</p>
      )}
      <p className="error" role="alert">
        {error}
      </p>
      <ul className="rows" data-testid="unsure-taps">
        {taps.map((each) => (
          <li key={each.id} data-testid="unsure-tap" data-card={each.nfc_id} data-tap={each.tap}>
            <span className="token">
              <Icon name="unsure" />
            </span>
            <Person name={each.name} section={each.section} gate={each.terminal} />
            <span className="day-of">
              <span className="chip chip-late">{t("check.time_unsure")}</span>
              <time dateTime={each.tapped_at}>{unsureTime(each, today)}</time>
              <Again
                words={t("check.accept")}
                of={each.name}
                asked={false}
                onAsk={() => accept(each)}
              />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface PersonProps {
  name: string;
  section: string;
  gate?: string;
  reason?: string;
}

function Person({ name, section, gate = "", reason = "" }: PersonProps) {
  return (
    <span className="who">
      <strong>{name}</strong>
      <small>{[section, gate].filter((part) => part !== "").join(" · ")}</small>
      {reason !== "" && <small className="warning">{reason}</small>}
    </span>
  );
}

interface RefusedProps {
  gates: GateTaps[];
  today: string;
  admin: boolean;
  refresh: () => Promise<void>;
}

function RefusedTaps({ gates, today, admin, refresh }: RefusedProps) {
  const [error, setError] = useState("");
  const [said, setSaid] = useState("");
  const total = gates.reduce((sum, each) => sum + refusedOf(each), 0);

  // No taps: all of that gate.
  const ask = async (gate: string, taps: string[]) => {
    setError("");
    try {
      await api.tryAgain(gate, taps);
      setSaid(t("check.asked", { gate }));
    } catch (failure) {
      setError(t("check.not_asked", { gate, why: messageOf(failure) }));
    }
    await refresh();
  };

  return (
    <section className="card" aria-labelledby="refused-title">
      <h2 id="refused-title">
        {t("check.refused")} {total > 0 && <Count value={total} />}
      </h2>
      {total === 0 ? (
        <Well words={admin ? t("check.refused_none") : t("check.refused_none_yours")} />
      ) : (
        <p className="explain">
          {admin ? t("check.refused_explain") : t("check.refused_explain_yours")}
        </p>
      )}
      <p className="error" role="alert">
        {error}
      </p>
      {gates.map((each) => (
        <Gate key={each.gate} of={each} today={today} admin={admin} ask={ask} />
      ))}
      <p className="said" aria-live="polite">
        {said}
      </p>
    </section>
  );
}

interface GateProps {
  of: GateTaps;
  today: string;
  admin: boolean;
  ask: (gate: string, taps: string[]) => Promise<void>;
}

function Gate({ of: { gate, taps, more }, today, admin, ask }: GateProps) {
  const waits = taps.length > 0 && taps.every((each) => each.requeued);
  return (
    <section className="gate" aria-label={gate} data-testid="refusing-gate" data-name={gate}>
      <div className="card-head">
        <h3>{gate}</h3>
        {admin && (
          <Again words={t("check.try_all")} of={gate} asked={waits} onAsk={() => ask(gate, [])} />
        )}
      </div>
      <ul className="rows">
        {taps.map((each, n) => (
          <Refused
            key={each.tap || n}
            tap={each}
            today={today}
            again={
              admin && each.tap !== "" ? (
                <Again
                  words={t("act.try_again")}
                  of={each.name}
                  asked={each.requeued}
                  onAsk={() => ask(gate, [each.tap])}
                />
              ) : null
            }
          />
        ))}
      </ul>
      {more > 0 && (
        <p className="nothing">
          {taps.length > 0
            ? t("check.and_more", { count: more })
            : t("check.more", { count: more })}
        </p>
      )}
    </section>
  );
}

interface RefusedTapProps {
  tap: RefusedTap;
  today: string;
  again: ReactNode;
}

function Refused({ tap, today, again }: RefusedTapProps) {
  return (
    <li data-testid="refused-tap" data-tap={tap.tap} data-requeued={tap.requeued}>
      <span className="token token-bad">
        <Icon name="warning" />
      </span>
      <Person
        name={tap.name || t("check.unreadable")}
        section={tap.section}
        reason={reasonText(tap.reason)}
      />
      <span className="day-of">
        {tap.requeued && <span className="chip chip-late">{t("check.waiting")}</span>}
        <time>{whenText(tap, today)}</time>
        {again}
      </span>
    </li>
  );
}

interface AgainProps {
  words: string;
  of: string;
  asked: boolean;
  onAsk: () => Promise<void>;
}

// Stays where it is once pressed, so that the keyboard's focus does too.
function Again({ words, of, asked, onAsk }: AgainProps) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (asked || busy) return;
    setBusy(true);
    await onAsk();
    setBusy(false);
  };
  return (
    <button type="button" className="small" aria-disabled={asked || busy} onClick={press}>
      {words}
      <span className="sr-only">: {of}</span>
    </button>
  );
}
