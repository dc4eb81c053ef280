import { count, type State } from "../state";

interface Props {
  state: State;
  chosen: string;
  onChoose: (section: string) => void;
}

export function Sections({ state, chosen, onChoose }: Props) {
  return (
    <section class="card" aria-labelledby="sections-title">
      <h2 id="sections-title">Sections</h2>
      <ul class="sections" data-testid="sections">
        {state.sections.map(({ section }) => {
          const counts = count(state, section);
          return (
            <li key={section}>
              <button
                type="button"
                aria-pressed={section === chosen}
                onClick={() => onChoose(section === chosen ? "" : section)}
              >
                <span class="name">{section}</span>
                <progress
                  max={Math.max(counts.total, 1)}
                  value={counts.present}
                  aria-label={`${counts.present} of ${counts.total} in ${section} are here`}
                />
                <span class="share">
                  {counts.present} / {counts.total}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
