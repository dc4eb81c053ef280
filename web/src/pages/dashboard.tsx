import { useState } from "preact/hooks";
import { ArrivalChart } from "../components/arrival_chart";
import { ArrivalList } from "../components/arrival_list";
import { Refusals } from "../components/refusals";
import { Sections } from "../components/sections";
import { Terminals } from "../components/terminals";
import { count, newestFirst, slots, type State } from "../state";
import { longDay } from "../words";

export function Dashboard({ state }: { state: State }) {
  const [section, setSection] = useState("");
  const counts = count(state, section);
  const arrivals = newestFirst(state, section);
  const share = counts.total === 0 ? 0 : Math.round((100 * counts.here) / counts.total);
  const closed = state.summary !== null && !state.summary.isInstructional;

  return (
    <div class="dashboard">
      <div class="headline">
        <div>
          <h1>{longDay(state.day) || "Today"}</h1>
          <p>{closed ? state.summary?.calendarLabel : `${share} % are here`}</p>
        </div>
        <label class="filter">
          <span>Section</span>
          <select value={section} onChange={(event) => setSection(event.currentTarget.value)}>
            <option value="">All sections</option>
            {state.sections.map((each) => (
              <option key={each.section} value={each.section}>
                {each.section}
              </option>
            ))}
          </select>
        </label>
      </div>
      <dl class="counts">
        <Count id="present" words="Present" value={counts.present} />
        <Count id="on-time" words="On time" value={counts.onTime} />
        <Count id="late" words="Late" value={counts.late} />
        <Count id="not-yet" words="Not yet in" value={counts.notYet} />
        <Count id="total" words="Students" value={counts.total} />
      </dl>
      <ArrivalList arrivals={arrivals} />
      <div class="side">
        <ArrivalChart slots={slots(arrivals)} />
        <Sections state={state} chosen={section} onChoose={setSection} />
        <Terminals terminals={state.terminals} />
        <Refusals refusals={state.refusals} />
      </div>
    </div>
  );
}

function Count({ id, words, value }: { id: string; words: string; value: number }) {
  return (
    <div class={`count count-${id}`}>
      <dt>{words}</dt>
      <dd data-testid={`count-${id}`}>{value}</dd>
    </div>
  );
}
