import type { ReactNode } from "react";
import * as api from "../api/answers";
import { messageOf } from "../api/problem";
import { refusedOf, type GateTaps } from "../checks";
import { Count } from "../design/badge";
import { toast } from "../design/toast";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";
import { useUser } from "../shell/session";
import type { RefusedTap } from "../types";
import { reasonText, whenText } from "../words";
import { Again } from "./again";

interface Props {
  of: GateTaps;
  title: string;
  label: string; // spoken
  today: string;
  refresh: () => Promise<void>;
  children?: ReactNode; // what it means, where nothing around it says so
}

// The taps of a gate that the central store refused for good, why, and another try.
export function RefusedTaps({ of, title, label, today, refresh, children }: Props) {
  const { admin } = useUser();
  const { gateName } = useSchool();
  const { gate, taps, more } = of;
  const asked = taps.length > 0 && taps.every((each) => each.requeued);
  // No taps: all of that gate.
  const ask = async (which: string[]) => {
    try {
      await api.tryAgain(gate, which);
      toast(t("check.asked", { gate: gateName(gate) }));
    } catch (error) {
      toast(t("check.not_asked", { gate: gateName(gate), why: messageOf(error) }), "bad");
    }
    await refresh();
  };
  return (
    <section
      className="gate gate-refused"
      aria-label={label}
      data-testid="refusing-gate"
      data-name={gate}
    >
      <div className="card-head">
        <h3>
          {title} <Count value={refusedOf(of)} />
        </h3>
        {admin && (
          <Again
            words={t("check.try_all")}
            of={gateName(gate)}
            asked={asked}
            onAsk={() => ask([])}
          />
        )}
      </div>
      {children}
      <ul className="rows">
        {taps.map((each, n) => (
          <Refused
            key={each.tap || n}
            tap={each}
            today={today}
            onAsk={admin && each.tap !== "" ? () => ask([each.tap]) : undefined}
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
  onAsk?: () => Promise<void>;
}

function Refused({ tap, today, onAsk }: RefusedProps) {
  const name = tap.name || t("check.unreadable");
  return (
    <li data-testid="refused" data-tap={tap.tap} data-requeued={tap.requeued}>
      <span className="who">
        <strong>{name}</strong>
        <small>
          {[tap.section, whenText(tap, today)].filter((part) => part !== "").join(" · ")}
        </small>
        <small className="warning">{reasonText(tap.reason)}</small>
      </span>
      <span className="day-of">
        {tap.requeued && <span className="chip chip-late">{t("check.waiting")}</span>}
        {onAsk && <Again words={t("act.try_again")} of={name} asked={tap.requeued} onAsk={onAsk} />}
      </span>
    </li>
  );
}
