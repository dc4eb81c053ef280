import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import * as api from "../api";
import { refusedOf, type Checking, type GateTaps } from "../checks";
import { Icon } from "../components/icons";
import type { Arrival, RefusedTap } from "../types";
import { plural, reasonText, unsureTime, whenText } from "../words";

interface Props {
  checking: Checking;
  today: string;
  admin: boolean;
}

// What machines cannot settle.
export function ToCheck({ checking, today, admin }: Props) {
  const { checks, error, refresh } = checking;
  return (
    <div class="page" aria-busy={checks === null && error === ""}>
      <div class="headline">
        <h1>To check</h1>
      </div>
      <p class="error" role="alert">
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

const Count = ({ value }: { value: number }) => <span class="badge">{value}</span>;

function Well({ words }: { words: string }) {
  return (
    <p class="well">
      <span class="token token-good">
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
      setError(`The time of ${tap.name} was not accepted. ${(failure as Error).message}`);
    }
    await refresh();
  };
  return (
    <section class="card" aria-labelledby="unsure-title">
      <h2 id="unsure-title">
        Taps with an unsure time {taps.length > 0 && <Count value={taps.length} />}
      </h2>
      {taps.length === 0 ? (
        <Well words="Nothing to do: the time of every tap of the last month is known." />
      ) : (
        <p class="explain">
          These people did tap, but their gate’s clock was never known to be right meanwhile, so the
          day and the time may be wrong. Ask them or their adviser when they came. Accept the time
          if it will do; then see to that gate’s clock. The taps stay as they are, and leave this
          list after a month.
        </p>
      )}
      <p class="error" role="alert">
        {error}
      </p>
      <ul class="rows" data-testid="unsure-taps">
        {taps.map((each) => (
          <li key={each.id} data-testid="unsure-tap" data-card={each.nfc_id} data-tap={each.tap}>
            <span class="token">
              <Icon name="unsure" />
            </span>
            <Person name={each.name} section={each.section} gate={each.terminal} />
            <span class="day-of">
              <span class="chip chip-late">Time unsure</span>
              <time dateTime={each.tapped_at}>{unsureTime(each, today)}</time>
              <Again words="Accept" of={each.name} asked={false} onAsk={() => accept(each)} />
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
    <span class="who">
      <strong>{name}</strong>
      <small>{[section, gate].filter((part) => part !== "").join(" · ")}</small>
      {reason !== "" && <small class="warning">{reason}</small>}
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
      setSaid(`${gate} was asked to try again: it answers within seconds, or once it is online.`);
    } catch (failure) {
      setError(`${gate} was not asked. ${(failure as Error).message}`);
    }
    await refresh();
  };

  return (
    <section class="card" aria-labelledby="refused-title">
      <h2 id="refused-title">
        Taps that the central store refused {total > 0 && <Count value={total} />}
      </h2>
      {total === 0 ? (
        <Well
          words={
            admin
              ? "Nothing to do: no gate has a tap that was refused."
              : "Nothing to do: no tap of your students was refused."
          }
        />
      ) : (
        <p class="explain">
          Their gates keep these taps safe, but reports do not count them until the store takes
          them. {admin ? "Mend the reason, then let the gate" : "An administrator can let the gate"}{" "}
          try again.
        </p>
      )}
      <p class="error" role="alert">
        {error}
      </p>
      {gates.map((each) => (
        <Gate key={each.gate} of={each} today={today} admin={admin} ask={ask} />
      ))}
      <p class="said" aria-live="polite">
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
    <section class="gate" aria-label={gate} data-testid="refusing-gate" data-name={gate}>
      <div class="card-head">
        <h3>{gate}</h3>
        {admin && (
          <Again words="Try all again" of={gate} asked={waits} onAsk={() => ask(gate, [])} />
        )}
      </div>
      <ul class="rows">
        {taps.map((each, n) => (
          <Refused
            key={each.tap || n}
            tap={each}
            today={today}
            again={
              admin && each.tap !== "" ? (
                <Again
                  words="Try again"
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
        <p class="nothing">
          {taps.length > 0 && "And "}
          {plural(more, "tap", "taps")} that the gate has not named yet.
        </p>
      )}
    </section>
  );
}

interface RefusedTapProps {
  tap: RefusedTap;
  today: string;
  again: ComponentChildren;
}

function Refused({ tap, today, again }: RefusedTapProps) {
  return (
    <li data-testid="refused-tap" data-tap={tap.tap} data-requeued={tap.requeued}>
      <span class="token token-bad">
        <Icon name="warning" />
      </span>
      <Person
        name={tap.name || "A tap that the gate cannot read"}
        section={tap.section}
        reason={reasonText(tap.reason)}
      />
      <span class="day-of">
        {tap.requeued && <span class="chip chip-late">Asked, waiting for the gate</span>}
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
    <button type="button" class="small" aria-disabled={asked || busy} onClick={press}>
      {words}
      <span class="sr-only">: {of}</span>
    </button>
  );
}
