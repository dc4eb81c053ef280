import { useMemo, useState } from "react";
import { ArrivalChart } from "../components/arrival_chart";
import { ArrivalList } from "../components/arrival_list";
import { Hero, Tiles } from "../components/counts";
import { Refusals } from "../components/refusals";
import { SectionFilter } from "../components/section_filter";
import { Sections } from "../components/sections";
import { Terminals } from "../components/terminals";
import { count, newestFirst, slots } from "../counts";
import { useSchool } from "../shell/school";
import { useUser } from "../shell/session";
import { t } from "../i18n/words";
import { here } from "../place";
import { gateText, monthDay, weekday } from "../words";

export default function Today() {
  return <Dashboard wall={false} />;
}

export function Dashboard({ wall }: { wall: boolean }) {
  const { state } = useSchool();
  const { admin } = useUser();
  const [section, setSection] = useState("");
  const { arrivals: all, summary, sections, day, loaded } = state;
  const counts = useMemo(() => count(state, section), [all, summary, sections, section]);
  const arrivals = useMemo(() => newestFirst(all.values(), section), [all, section]);
  const bars = useMemo(() => slots(arrivals), [arrivals]);
  const uneasy = state.terminals.filter((each) => gateText(each, day).mood !== "good").length;

  return (
    <div className={loaded ? "dashboard" : "dashboard waiting"} aria-busy={!loaded}>
      <div className="headline">
        <h1>
          <span>{weekday(day) || t("nav.today")}</span> {monthDay(day)}
        </h1>
        {summary !== null &&
          (!summary.isInstructional || summary.calendarLabel !== "Class day") && (
            <p className={summary.isInstructional ? "flag" : "flag flag-closed"}>
              {summary.calendarLabel || t("today.no_classes")}
            </p>
          )}
        {uneasy > 0 && (
          <a className="flag flag-gates" href={here("gates")}>
            {t("today.gates_need", { count: uneasy })}
          </a>
        )}
        <SectionFilter
          sections={sections.map((each) => each.section)}
          value={section}
          onChange={setSection}
        />
      </div>
      <Hero counts={counts} section={section} />
      <Tiles counts={counts} />
      <ArrivalList arrivals={arrivals} loaded={loaded} />
      <ArrivalChart slots={bars} title={t("chart.morning")} key={String(wall)} />
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
