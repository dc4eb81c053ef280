import type { Terminal } from "../types";
import { ago, plural } from "../words";

function backlog(terminal: Terminal): string {
  if (terminal.pending === 0) return "everything is sent";
  const since = ago(terminal.oldest_pending_seconds);
  return `${plural(terminal.pending, "tap waits", "taps wait")} to be sent, the oldest for ${since}`;
}

export function Terminals({ terminals }: { terminals: Terminal[] }) {
  return (
    <section class="card" aria-labelledby="terminals-title">
      <h2 id="terminals-title">Gates</h2>
      {terminals.length === 0 && <p class="nothing">No gate has been added yet.</p>}
      <ul class="rows" data-testid="terminals">
        {terminals.map((each) => (
          <li key={each.name} data-testid="terminal" data-name={each.name}>
            <i class={each.online ? "dot dot-good" : "dot dot-bad"} aria-hidden="true" />
            <span class="who">
              <strong>{each.name}</strong>
              <small>
                {each.online ? backlog(each) : "silent; it may still be recording taps"}
              </small>
              {each.quarantined > 0 && (
                <small class="warning">
                  {plural(each.quarantined, "tap was", "taps were")} refused for good
                </small>
              )}
              {each.last_error !== "" && each.pending > 0 && (
                <small class="warning">{each.last_error}</small>
              )}
            </span>
            <span class="share">{each.online ? "online" : "silent"}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
