import { useState } from "react";
import * as api from "../../api/answers";
import { messageOf } from "../../api/problem";
import { refusedOf, type GateTaps } from "../../checks";
import { Count } from "../../design/badge";
import { Button } from "../../design/button";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { useUser } from "../../shell/session";
import type { RefusedTap } from "../../types";
import { reasonText, whenText } from "../../words";

interface Props {
  of: GateTaps;
  today: string;
  refresh: () => Promise<void>;
}

// The taps that the central store refused for good, why, and another try.
export function RefusedTaps({ of, today, refresh }: Props) {
  const { admin } = useUser();
  const [busy, setBusy] = useState(false);
  const { gate, taps, more } = of;
  const asked = taps.length > 0 && taps.every((each) => each.requeued);
  const retry = async (which: string[]) => {
    setBusy(true);
    try {
      await api.tryAgain(gate, which);
      toast(t("check.asked", { gate }));
    } catch (error) {
      toast(t("check.not_asked", { gate, why: messageOf(error) }), "bad");
    }
    await refresh();
    setBusy(false);
  };
  return (
    <section className="gate-refused" aria-label={t("gates.refused_of", { gate })}>
      <div className="card-head">
        <h3>
          {t("gates.refused_taps")} <Count value={refusedOf(of)} />
        </h3>
        {admin && (
          <Button isDisabled={asked || busy} onPress={() => void retry([])} testId="retry-all">
            {t("check.try_all")}
          </Button>
        )}
      </div>
      <p className="soft">
        {admin ? t("check.refused_explain") : t("check.refused_explain_yours")}
      </p>
      <ul className="rows">
        {taps.map((each, n) => (
          <Refused
            key={each.tap || n}
            tap={each}
            today={today}
            onRetry={admin && each.tap !== "" ? () => retry([each.tap]) : undefined}
            busy={busy}
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

interface RefusedProps {
  tap: RefusedTap;
  today: string;
  busy: boolean;
  onRetry?: () => Promise<void>;
}

const Refused = ({ tap, today, busy, onRetry }: RefusedProps) => (
  <li data-testid="refused" data-tap={tap.tap} data-requeued={tap.requeued}>
    <span className="who">
      <strong>{tap.name || t("check.unreadable")}</strong>
      <small>{[tap.section, whenText(tap, today)].filter((part) => part !== "").join(" · ")}</small>
      <small className="warning">{reasonText(tap.reason)}</small>
    </span>
    <span className="day-of">
      {tap.requeued && <span className="chip chip-late">{t("check.waiting")}</span>}
      {onRetry && (
        <Button
          isDisabled={tap.requeued || busy}
          aria-label={`${t("act.try_again")}: ${tap.name || t("check.unreadable")}`}
          onPress={() => void onRetry()}
        >
          {t("act.try_again")}
        </Button>
      )}
    </span>
  </li>
);
