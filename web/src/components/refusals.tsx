import { useState } from "preact/hooks";
import type { Refusal } from "../types";
import { clock, isSerious, refusalText } from "../words";
import { Claim } from "./claim";
import { Icon } from "./icons";

const mostShown = 12;

interface Props {
  refusals: Refusal[]; // newest first
  sections: string[];
  claims: boolean; // whether the reader may say whose an unknown card is
  day: string;
  loaded: boolean;
}

export function Refusals({ refusals, sections, claims, day, loaded }: Props) {
  const [claimed, setClaimed] = useState("");
  const [done, setDone] = useState<ReadonlyMap<string, string>>(new Map());
  const wordsOn = (each: Refusal) =>
    done.get(each.nfc_id) ?? (each.owner === "" ? "" : `It is the card of ${each.owner} now`);
  const unknown = (each: Refusal) =>
    claims && each.decline_code === "UNKNOWN_CARD" && wordsOn(each) === "";
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
              {wordsOn(each) !== "" && <small role="status">{wordsOn(each)}</small>}
            </span>
            {unknown(each) && (
              <button
                type="button"
                class="small"
                data-testid="claim"
                onClick={() => setClaimed(each.nfc_id)}
              >
                Whose is it?<span class="sr-only"> Card {each.nfc_id}</span>
              </button>
            )}
            <time dateTime={each.timestamp}>{clock(each.timestamp, day)}</time>
          </li>
        ))}
      </ul>
      {claimed !== "" && (
        <Claim
          card={claimed}
          sections={sections}
          onClose={() => setClaimed("")}
          onDone={(words) => {
            setDone(new Map(done).set(claimed, words));
            setClaimed("");
          }}
        />
      )}
    </section>
  );
}
