import { useId } from "react";
import type { GateTaps } from "../../checks";
import { Icon } from "../../components/icons";
import { Menu } from "../../design/menu";
import { factsOf, type Fact } from "../../gate_health";
import { t } from "../../i18n/words";
import type { Terminal } from "../../types";
import { gateText } from "../../words";
import { RefusedTaps } from "../../components/refused_taps";

interface Props {
  gate: Terminal;
  day: string;
  refused?: GateTaps; // none: it has none, or none that the reader may see
  refresh: () => Promise<void>;
  onRename?: () => void; // undefined: the reader may not
  onShutOut?: () => void; // likewise
}

export function GateCard({ gate, day, refused, refresh, onRename, onShutOut }: Props) {
  const id = useId();
  const { mood, chip, line } = gateText(gate, day);
  const facts = factsOf(gate, day);
  const todos = facts.filter((each) => each.todo !== "");
  return (
    <li
      className="card gate-card"
      aria-labelledby={id}
      data-testid="gate"
      data-name={gate.name}
      data-mood={mood}
    >
      <div className="gate-card-head">
        <i className={`dot dot-${mood}`} aria-hidden />
        <div className="who">
          <h2 id={id}>
            <bdi>{gate.label}</bdi>
          </h2>
          <small>{gate.label === gate.name ? line : `${gate.name} · ${line}`}</small>
        </div>
        <span className={`chip chip-gate-${mood}`}>{chip}</span>
        {onRename && onShutOut && (
          <Menu
            words={t("gates.actions", { gate: gate.label })}
            iconOnly
            items={[
              { id: "name", words: t("gates.rename"), icon: "edit", onAction: onRename },
              {
                id: "out",
                words: t("gates.shut_out"),
                icon: "close",
                bad: true,
                onAction: onShutOut,
              },
            ]}
          />
        )}
      </div>
      {mood === "silent" && <Silent seen={gate.last_seen !== ""} />}
      {todos.length > 0 && (
        <ul className="todos">
          {todos.map((each) => (
            <li key={each.id} data-testid="todo" data-fact={each.id}>
              <Icon name="warning" />
              <span>{each.todo}</span>
            </li>
          ))}
        </ul>
      )}
      {facts.length > 0 && (
        <dl className="facts">
          {facts.map((each) => (
            <FactOf key={each.id} fact={each} />
          ))}
        </dl>
      )}
      {refused && (
        <RefusedTaps
          of={refused}
          title={t("gates.refused_taps")}
          label={t("gates.refused_of", { gate: gate.label })}
          today={day}
          refresh={refresh}
        >
          <p className="soft">
            {onShutOut ? t("check.refused_explain") : t("check.refused_explain_yours")}
          </p>
        </RefusedTaps>
      )}
    </li>
  );
}

const FactOf = ({ fact }: { fact: Fact }) => (
  <div className={`fact fact-${fact.mood}`} data-testid={`fact-${fact.id}`}>
    <dt>{fact.name}</dt>
    <dd>{fact.value}</dd>
  </div>
);

// What to look at, in the order in which it is quickest.
const Silent = ({ seen }: { seen: boolean }) => (
  <div className="silent-help" data-testid="silent-help">
    <p>{seen ? t("gates.goes_on") : t("gates.not_enrolled")}</p>
    {seen && (
      <ol>
        <li>{t("gates.look_power")}</li>
        <li>{t("gates.look_network")}</li>
        <li>{t("gates.look_server")}</li>
      </ol>
    )}
  </div>
);
