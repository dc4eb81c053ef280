import { useEffect, useRef, useState } from "react";
import type { Arrival } from "../types";
import { statusText } from "../words";
import { ArrivalRow } from "./arrival_row";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";

const mostShown = 24; // more are one press away
const announceEvery = 4_000; // a gate at seven o'clock would talk without a pause

interface Props {
  arrivals: Arrival[]; // newest first
  loaded: boolean;
}

export function ArrivalList({ arrivals, loaded }: Props) {
  const [all, setAll] = useState(false);
  const { gateName } = useSchool();
  const fresh = useFresh(arrivals, loaded);
  const shown = all ? arrivals : arrivals.slice(0, mostShown);
  return (
    <section className={`card arrivals ${all ? "all" : ""}`} aria-labelledby="arrivals-title">
      <h2 id="arrivals-title">{t("arrivals.title")}</h2>
      {loaded && arrivals.length === 0 && <p className="nothing">{t("arrivals.empty")}</p>}
      <ol data-testid="arrivals">
        {shown.map((each) => (
          <ArrivalRow
            key={each.id}
            arrival={each}
            gate={gateName(each.terminal)}
            fresh={fresh(each)}
          />
        ))}
      </ol>
      {arrivals.length > 8 && (
        <button type="button" className="more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("arrivals.newest_only") : t("list.show_all", { count: arrivals.length })}
        </button>
      )}
      {loaded && <Announcer newest={arrivals[0]} count={arrivals.length} />}
    </section>
  );
}

// Rows that come after the first ones glide in; those that were there stand still.
function useFresh(arrivals: Arrival[], loaded: boolean) {
  const first = useRef<Set<string> | null>(null);
  if (loaded && first.current === null) first.current = new Set(arrivals.map((each) => each.id));
  return (each: Arrival) => first.current !== null && !first.current.has(each.id);
}

// Tells screen readers of arrivals, gathered.
function Announcer({ newest, count }: { newest: Arrival | undefined; count: number }) {
  const [words, setWords] = useState("");
  const told = useRef({ id: newest?.id, count });
  const latest = useRef({ newest, count });
  latest.current = { newest, count };
  useEffect(() => {
    const timer = setInterval(() => {
      const { newest, count } = latest.current;
      if (newest === undefined || newest.id === told.current.id) return;
      const more = count - told.current.count - 1;
      const { name, section } = newest;
      setWords(t("arrivals.announce", { name, section, status: statusText(newest), more }));
      told.current = { id: newest.id, count };
    }, announceEvery);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="sr-only" aria-live="polite">
      {words}
    </p>
  );
}
