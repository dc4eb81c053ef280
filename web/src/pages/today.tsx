import { lazy, Suspense, useMemo, useState } from "react";
import { ArrivalChart } from "../components/arrival_chart";
import { ArrivalList } from "../components/arrival_list";
import { Hero, Tiles } from "../components/counts";
import { Refusals } from "../components/refusals";
import { SectionFilter } from "../components/section_filter";
import { Sections } from "../components/sections";
import { Terminals } from "../components/terminals";
import { count, countBy, newestFirst, slots } from "../counts";
import { t, withWords } from "../i18n/words";
import { usePreviousDay, type PreviousDay } from "../previous_day";
import { useSchoolTime } from "../shell/clock";
import { useSchool } from "../shell/school";
import { useUser } from "../shell/session";
import type { Arrival } from "../types";
import { monthDay, shortDay, weekday } from "../words";
import { FeedSigns } from "./today/feed_signs";
import { needsGuide } from "./today/guide";
import { PresenceCard } from "./today/presence_card";

const FirstRun = lazy(() => withWords(() => import("./first_run")));

export default function Today() {
  const { state } = useSchool();
  const { admin } = useUser();
  const [section, setSection] = useState("");
  const { arrivals: all, summary, sections, day, loaded } = state;
  const counts = useMemo(() => count(state, section), [all, summary, sections, section]);
  const arrivals = useMemo(() => newestFirst(all.values(), section), [all, section]);
  const names = sections.map((each) => each.section);
  return (
    <div className={loaded ? "dashboard" : "dashboard waiting"} aria-busy={!loaded}>
      <div className="dashboard-top">
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
          <SectionFilter sections={names} value={section} onChange={setSection} />
        </div>
        <FeedSigns state={state} />
        {admin && needsGuide(state) && (
          <Suspense>
            <FirstRun />
          </Suspense>
        )}
      </div>
      <Hero counts={counts} section={section} />
      <Tiles counts={counts} />
      <ArrivalList arrivals={arrivals} loaded={loaded} />
      <Morning arrivals={arrivals} section={section} day={day} />
      <Sections state={state} chosen={section} onChoose={setSection} />
      <PresenceCard state={state} section={section} />
      <Terminals terminals={state.terminals} day={day} loaded={loaded} admin={admin} />
      <Refusals
        refusals={state.refusals}
        sections={names}
        claims={admin}
        day={day}
        loaded={loaded}
      />
    </div>
  );
}

interface MorningProps {
  arrivals: Arrival[];
  section: string;
  day: string;
}

// Arrivals by the minute, against the class day before.
function Morning({ arrivals, section, day }: MorningProps) {
  const previous = usePreviousDay(day);
  const then = useMemo(() => ofSection(previous, section), [previous, section]);
  const bars = useMemo(() => slots(arrivals, then), [arrivals, then]);
  const time = useSchoolTime();
  const known = previous !== undefined && then.length > 0;
  return (
    <ArrivalChart
      slots={bars}
      title={t("chart.morning")}
      against={known ? shortDay(previous.day) : ""}
      compared={
        known
          ? t("chart.compared", {
              now: arrivals.length,
              then: countBy(then, time),
              day: weekday(previous.day),
              time,
            })
          : ""
      }
    />
  );
}

const ofSection = (previous: PreviousDay | undefined, section: string) =>
  (previous?.arrivals ?? []).filter((each) => section === "" || each.section === section);
