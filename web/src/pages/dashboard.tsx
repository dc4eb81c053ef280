import { useMemo, useState } from "preact/hooks";
import { ArrivalChart } from "../components/arrival_chart";
import { ArrivalList } from "../components/arrival_list";
import { Hero, Tiles } from "../components/counts";
import { Refusals } from "../components/refusals";
import { SectionFilter } from "../components/section_filter";
import { Sections } from "../components/sections";
import { Terminals } from "../components/terminals";
import { count, newestFirst, slots } from "../counts";
import type { State } from "../state";
import { gateText, monthDay, plural, weekday } from "../words";

interface Props {
  state: State;
  wall: boolean;
  admin: boolean;
}

export function Dashboard({ state, wall, admin }: Props) {
  const [section, setSection] = useState("");
  const { arrivals: all, summary, sections, day, loaded } = state;
  const counts = useMemo(() => count(state, section), [all, summary, sections, section]);
  const arrivals = useMemo(() => newestFirst(all.values(), section), [all, section]);
  const bars = useMemo(() => slots(arrivals), [arrivals]);
  const uneasy = state.terminals.filter((each) => gateText(each, day).mood !== "good").length;

  return (
    <div class={loaded ? "dashboard" : "dashboard waiting"} aria-busy={!loaded}>
      <div class="headline">
        <h1>
          <span>{weekday(day) || "Today"}</span> {monthDay(day)}
        </h1>
        {summary !== null &&
          (!summary.isInstructional || summary.calendarLabel !== "Class day") && (
            <p class={summary.isInstructional ? "flag" : "flag flag-closed"}>
              {summary.calendarLabel || "No classes today"}
            </p>
          )}
        {uneasy > 0 && (
          <a class="flag flag-gates" href="#gates">
            {plural(uneasy, "gate needs", "gates need")} a look
          </a>
        )}
        <SectionFilter
          sections={sections.map((each) => each.section)}
          value={section}
          onChange={setSection}
        />
      </div>
      <Hero counts={counts} noun={section === "" ? "students" : `in ${section}`} />
      <Tiles counts={counts} />
      <ArrivalList arrivals={arrivals} loaded={loaded} />
      <ArrivalChart slots={bars} title="Through the morning" key={String(wall)} />
      <Sections state={state} chosen={section} onChoose={setSection} />
      <Terminals terminals={state.terminals} day={day} loaded={loaded} />
      <Refusals
        refusals={state.refusals}
        sections={sections.map((each) => each.section)}
        claims={admin && !wall}
        day={day}
        loaded={loaded}
      />
    </div>
  );
}
