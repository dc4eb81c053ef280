import { countSections } from "../counts";
import type { State } from "../state";
import { ShareBar } from "./counts";
import { t } from "../i18n/words";

interface Props {
  state: State;
  chosen: string;
  onChoose: (section: string) => void;
}

export function Sections({ state, chosen, onChoose }: Props) {
  const sections = countSections(state);
  return (
    <section className="card sections-card" aria-labelledby="sections-title">
      <h2 id="sections-title">{t("section.many")}</h2>
      {state.loaded && sections.length === 0 && <p className="nothing">{t("section.empty")}</p>}
      <ul className={sections.length > 7 ? "sections many" : "sections"} data-testid="sections">
        {sections.map(([section, counts]) => (
          <li key={section} data-section={section}>
            <button
              type="button"
              aria-pressed={section === chosen}
              title={section === chosen ? t("section.show_all") : t("section.show", { section })}
              onClick={() => onChoose(section === chosen ? "" : section)}
            >
              <span className="name">{section || t("section.none")}</span>
              <ShareBar counts={counts} />
              <span className="share">
                <span aria-hidden>
                  <b>{counts.present}</b> / {counts.total}
                </span>
                <span className="sr-only">
                  {t("section.counts", {
                    present: counts.present,
                    total: counts.total,
                    late: counts.late,
                  })}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
