import { follow } from "../route";
import type { Terminal } from "../types";
import { gateText, plural } from "../words";

interface Props {
  terminals: Terminal[];
  day: string;
  loaded: boolean;
}

export function Terminals({ terminals, day, loaded }: Props) {
  return (
    <section class="card gates" id="gates" aria-labelledby="gates-title">
      <h2 id="gates-title">Gates</h2>
      {loaded && terminals.length === 0 && <p class="nothing">No gate has been added yet.</p>}
      <ul class="rows" data-testid="terminals">
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
      <i class={`dot dot-${mood}`} aria-hidden="true" />
      <span class="who">
        <strong>{gate.name}</strong>
        <small>{line}</small>
        {mood === "silent" && gate.last_seen !== "" && (
          <small>It goes on recording taps and sends them when it is back.</small>
        )}
        {gate.quarantined > 0 && (
          <small class="warning">
            {plural(gate.quarantined, "tap was", "taps were")} refused for good:{" "}
            <a href="/check" onClick={follow}>
              please have a look
            </a>
          </small>
        )}
        {gate.disk_problem !== "" && <small class="warning">{gate.disk_problem}</small>}
        {gate.clock === "unsure" && <small class="warning">Its clock is not set yet</small>}
        {gate.last_error !== "" && gate.pending > 0 && (
          <small class="warning">Why they wait: {gate.last_error}</small>
        )}
      </span>
      <span class={`chip chip-gate-${mood}`}>{chip}</span>
    </li>
  );
}
