import { countSections } from "../counts";
import type { State } from "../state";
import { ShareBar } from "./counts";

interface Props {
  state: State;
  chosen: string;
  onChoose: (section: string) => void;
}

export function Sections({ state, chosen, onChoose }: Props) {
  const sections = countSections(state);
  return (
    <section class="card sections-card" aria-labelledby="sections-title">
      <h2 id="sections-title">Sections</h2>
      {state.loaded && sections.length === 0 && <p class="nothing">No students are listed yet.</p>}
      <ul class={sections.length > 7 ? "sections many" : "sections"} data-testid="sections">
        {sections.map(([section, counts]) => (
          <li key={section} data-section={section}>
            <button
              type="button"
              aria-pressed={section === chosen}
              title={section === chosen ? "Show all sections" : `Show ${section} only`}
              onClick={() => onChoose(section === chosen ? "" : section)}
            >
              <span class="name">{section || "No section"}</span>
              <ShareBar counts={counts} />
              <span class="share">
                <b>{counts.present}</b> <span aria-hidden="true">/</span>
                <span class="sr-only"> of </span> {counts.total}
                <span class="sr-only"> present, {counts.late} of them late</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
