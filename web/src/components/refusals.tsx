import type { Refusal } from "../types";
import { clock, isSerious, refusalText } from "../words";
import { Icon } from "./icons";

const mostShown = 12;

interface Props {
  refusals: Refusal[]; // newest first
  day: string;
  loaded: boolean;
}

export function Refusals({ refusals, day, loaded }: Props) {
  return (
    <section class="card refusals" aria-labelledby="refusals-title">
      <h2 id="refusals-title">
        Turned away {refusals.length > 0 && <span class="badge">{refusals.length}</span>}
      </h2>
      {loaded && refusals.length === 0 && <p class="nothing">Nobody was turned away today.</p>}
      <ul class="rows" data-testid="refusals">
        {refusals.slice(0, mostShown).map((each) => (
          <li
            key={`${each.timestamp} ${each.terminal} ${each.nfc_id}`}
            data-testid="refusal"
            data-card={each.nfc_id}
          >
            <span class={isSerious(each) ? "token token-bad" : "token"}>
              <Icon name={isSerious(each) ? "warning" : "card"} />
            </span>
            <span class="who">
              <strong>{refusalText(each)}</strong>
              <small>
                {[each.name || `Card ${each.nfc_id}`, each.terminal]
                  .filter((part) => part !== "")
                  .join(" · ")}
              </small>
            </span>
            <time dateTime={each.timestamp}>{clock(each.timestamp, day)}</time>
          </li>
        ))}
      </ul>
    </section>
  );
}
