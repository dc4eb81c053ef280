import { useState } from "react";
import * as api from "../../api/answers";
import { messageOf } from "../../api/problem";
import { refusedOf, type GateTaps } from "../../checks";
import { Again } from "../../components/again";
import { Icon } from "../../components/icons";
import { RefusedTaps } from "../../components/refused_taps";
import { Count } from "../../design/badge";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import { useUser } from "../../shell/session";
import type { Arrival } from "../../types";
import { unsureTime } from "../../words";

// What machines cannot settle.
export function ToCheck() {
  const { checking, state } = useSchool();
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
          <RefusedOfAll gates={checks.gates} today={today} refresh={refresh} />
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
  const { gateName } = useSchool();
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
            <span className="who">
              <strong>{each.name}</strong>
              <small>
                {[each.section, gateName(each.terminal)].filter((part) => part !== "").join(" · ")}
              </small>
            </span>
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

interface RefusedProps {
  gates: GateTaps[];
  today: string;
  refresh: () => Promise<void>;
}

function RefusedOfAll({ gates, today, refresh }: RefusedProps) {
  const { admin } = useUser();
  const { gateName } = useSchool();
  const total = gates.reduce((sum, each) => sum + refusedOf(each), 0);
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
      {gates.map((each) => (
        <RefusedTaps
          key={each.gate}
          of={each}
          title={gateName(each.gate)}
          label={gateName(each.gate)}
          today={today}
          refresh={refresh}
        />
      ))}
    </section>
  );
}
