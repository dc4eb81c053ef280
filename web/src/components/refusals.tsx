import { lazy, Suspense, useState } from "react";
import { useSchool } from "../shell/school";
import type { Refusal } from "../types";
import { clock, isSerious, refusalText } from "../words";
import { Icon } from "./icons";
import { t, withWords } from "../i18n/words";

const Claim = lazy(() => withWords(() => import("./claim")));

const mostShown = 12;

interface Props {
  refusals: Refusal[]; // newest first
  sections: string[];
  claims: boolean; // whether the reader may say whose an unknown card is
  day: string;
  loaded: boolean;
}

export function Refusals({ refusals, sections, claims, day, loaded }: Props) {
  const { gateName } = useSchool();
  const [claimed, setClaimed] = useState("");
  const [done, setDone] = useState<ReadonlyMap<string, string>>(new Map());
  const wordsOn = (each: Refusal) =>
    done.get(each.nfc_id) ?? (each.owner === "" ? "" : t("refusals.owner", { name: each.owner }));
  const unknown = (each: Refusal) =>
    claims && each.decline_code === "UNKNOWN_CARD" && wordsOn(each) === "";
  return (
    <section className="card refusals" aria-labelledby="refusals-title">
      <h2 id="refusals-title">
        {t("refusals.title")}{" "}
        {refusals.length > 0 && <span className="badge">{refusals.length}</span>}
      </h2>
      {loaded && refusals.length === 0 && <p className="nothing">{t("refusals.empty")}</p>}
      <ul className="rows" data-testid="refusals">
        {refusals.slice(0, mostShown).map((each) => (
          <li
            key={`${each.timestamp} ${each.terminal} ${each.nfc_id}`}
            data-testid="refusal"
            data-card={each.nfc_id}
          >
            <span className={isSerious(each) ? "token token-bad" : "token"}>
              <Icon name={isSerious(each) ? "warning" : "card"} />
            </span>
            <span className="who">
              <strong>{refusalText(each)}</strong>
              <small>
                {[each.name || t("card.named", { card: each.nfc_id }), gateName(each.terminal)]
                  .filter((part) => part !== "")
                  .join(" · ")}
              </small>
              {wordsOn(each) !== "" && <small role="status">{wordsOn(each)}</small>}
            </span>
            {unknown(each) && (
              <button
                type="button"
                className="small"
                data-testid="claim"
                onClick={() => setClaimed(each.nfc_id)}
              >
                {t("claim.ask")}
                <span className="sr-only"> {t("card.named", { card: each.nfc_id })}</span>
              </button>
            )}
            <time dateTime={each.timestamp}>{clock(each.timestamp, day)}</time>
          </li>
        ))}
      </ul>
      {claimed !== "" && (
        <Suspense>
          <Claim
            card={claimed}
            sections={sections}
            onClose={() => setClaimed("")}
            onDone={(words) => {
              setDone(new Map(done).set(claimed, words));
              setClaimed("");
            }}
          />
        </Suspense>
      )}
    </section>
  );
}
