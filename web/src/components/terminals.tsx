import { Link } from "wouter";
import { t } from "../i18n/words";
import type { Terminal } from "../types";
import { gateText } from "../words";

interface Props {
  terminals: Terminal[];
  day: string;
  loaded: boolean;
  admin: boolean;
}

export function Terminals({ terminals, day, loaded, admin }: Props) {
  return (
    <section className="card gates" id="gates" aria-labelledby="gates-title">
      <h2 id="gates-title">{t("gates.title")}</h2>
      {loaded && terminals.length === 0 && <p className="nothing">{t("gates.empty")}</p>}
      {loaded && terminals.length === 0 && admin && (
        <p>
          <Link href="/gates" className="button">
            {t("gates.add")}
          </Link>
        </p>
      )}
      <ul className="rows" data-testid="terminals">
        {terminals.map((each) => (
          <Gate key={each.name} gate={each} day={day} />
        ))}
      </ul>
    </section>
  );
}

function Gate({ gate, day }: { gate: Terminal; day: string }) {
  const { mood, chip, line } = gateText(gate, day);
  return (
    <li data-testid="terminal" data-name={gate.name} data-online={gate.online}>
      <i className={`dot dot-${mood}`} aria-hidden />
      <span className="who">
        <strong>
          <Link href="/gates">
            <bdi>{gate.label}</bdi>
          </Link>
        </strong>
        <small>{line}</small>
        {mood === "silent" && gate.last_seen !== "" && <small>{t("gates.goes_on")}</small>}
        {gate.quarantined > 0 && (
          <small className="warning">
            {t("gates.refused", { count: gate.quarantined })}{" "}
            <Link href="/gates">{t("gates.have_a_look")}</Link>
          </small>
        )}
        {gate.disk_problem !== "" && <small className="warning">{gate.disk_problem}</small>}
        {gate.clock === "unsure" && <small className="warning">{t("gates.clock_unset")}</small>}
        {gate.last_error !== "" && gate.pending > 0 && (
          <small className="warning">{t("gates.why_wait", { why: gate.last_error })}</small>
        )}
      </span>
      <span className={`chip chip-gate-${mood}`}>{chip}</span>
    </li>
  );
}
