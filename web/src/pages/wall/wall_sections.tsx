import { useEffect, useState } from "react";
import { ShareBar } from "../../components/counts";
import { countSections } from "../../counts";
import { t } from "../../i18n/words";
import type { State } from "../../state";

const together = 10; // that fit
const few = 5; // that have room for a bar each
const turnEvery = 8_000; // milliseconds

// By section; where there are more than fit, they take turns.
export function WallSections({ state }: { state: State }) {
  const sections = countSections(state);
  const pages = Math.max(1, Math.ceil(sections.length / together));
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (pages < 2) return;
    const timer = setInterval(() => setTurn((before) => before + 1), turnEvery);
    return () => clearInterval(timer);
  }, [pages]);
  const first = (turn % pages) * together;
  if (sections.length === 0) return null;
  return (
    <section
      className={sections.length <= few ? "card wall-sections few" : "card wall-sections"}
      aria-label={t("section.many")}
    >
      <ul>
        {sections.slice(first, first + together).map(([section, counts]) => (
          <li key={section} data-testid="wall-section">
            <span>{section || t("section.none")}</span>
            {sections.length <= few && <ShareBar counts={counts} />}
            <b>
              {counts.present}/{counts.total}
            </b>
          </li>
        ))}
      </ul>
    </section>
  );
}
