import type { Refusal } from "../types";
import { refusalText } from "../words";

const mostShown = 12;

export function Refusals({ refusals }: { refusals: Refusal[] }) {
  return (
    <section class="card" aria-labelledby="refusals-title">
      <h2 id="refusals-title">Turned away</h2>
      {refusals.length === 0 && <p class="nothing">Nobody was turned away.</p>}
      <ul class="rows" data-testid="refusals">
        {refusals.slice(0, mostShown).map((each) => (
          <li key={`${each.timestamp} ${each.nfc_id}`} data-testid="refusal">
            <i class="dot dot-warn" aria-hidden="true" />
            <span class="who">
              <strong>{each.name ?? `Card ${each.nfc_id}`}</strong>
              <small>
                {refusalText(each)} · {each.terminal}
              </small>
            </span>
            <time dateTime={each.timestamp}>{each.timestamp.slice(11, 16)}</time>
          </li>
        ))}
      </ul>
    </section>
  );
}
