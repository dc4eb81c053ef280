import { Link } from "wouter";
import { Icon } from "../../components/icons";
import { needsLook } from "../../gate_health";
import { t } from "../../i18n/words";
import { schoolTime } from "../../school_clock";
import type { State } from "../../state";
import type { Terminal } from "../../types";
import { clock, duration } from "../../words";

const late = 60; // seconds that a tap may wait before the figures count as behind

export const isSilent = (gate: Terminal) => !gate.online && gate.last_seen !== "";

export const isBehind = (gate: Terminal) =>
  gate.pending > 0 && (gate.oldest_pending_seconds > late || !gate.online);

// What makes today's figures other than the truth: a lost connection, taps that wait, gates that are
// silent.
export function FeedSigns({ state }: { state: State }) {
  const { terminals, live, asOf, clock: ofSchool, day } = state;
  const silent = terminals.filter(isSilent);
  const behind = terminals.filter(isBehind);
  const waiting = behind.reduce((sum, each) => sum + each.pending, 0);
  const oldest = Math.max(0, ...behind.map((each) => each.oldest_pending_seconds));
  const others = terminals.filter((each) => needsLook(each, day) && !isSilent(each));
  return (
    <div className="feed-signs" role="status" data-testid="feed-signs">
      {live === "lost" && asOf > 0 && (
        <p className="sign sign-bad" data-testid="as-of">
          <Icon name="warning" />
          {t("today.as_of", { time: schoolTime(ofSchool, asOf) })}
        </p>
      )}
      {waiting > 0 && (
        <p className="sign" data-testid="behind">
          <Icon name="warning" />
          <span>
            {t("today.behind", { count: waiting, since: duration(oldest) })}{" "}
            <Link href="/gates">{t("today.look_gates")}</Link>
          </span>
        </p>
      )}
      {silent.map((each) => (
        <p className="sign sign-bad" key={each.name} data-testid="silent" data-name={each.name}>
          <Icon name="gates" />
          <span>
            {t("today.silent", { gate: each.label, time: clock(each.last_seen, day) })}{" "}
            <Link href="/gates">{t("today.why")}</Link>
          </span>
        </p>
      ))}
      {others.length > 0 && (
        <p className="sign" data-testid="gates-need">
          <Icon name="gates" />
          <span>
            {t("today.gates_need", { count: others.length })}{" "}
            <Link href="/gates">{t("today.look_gates")}</Link>
          </span>
        </p>
      )}
    </div>
  );
}
