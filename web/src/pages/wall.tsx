import { useMemo } from "react";
import { useLocation } from "wouter";
import { IconButton } from "../design/icon_button";
import { count, newestFirst } from "../counts";
import { t } from "../i18n/words";
import { useSchoolTime } from "../shell/clock";
import { LiveSign } from "../shell/live_sign";
import { useSchool } from "../shell/school";
import { longDay } from "../words";
import { FeedSigns } from "./today/feed_signs";
import { WallArrivals } from "./wall/wall_arrivals";
import { WallFigures } from "./wall/wall_figures";
import { WallSections } from "./wall/wall_sections";
import "../styles/wall.css";

interface Props {
  theme: "light" | "dark";
  onTheme: () => void;
}

// A screen in the hall: read from across it, touched by nobody, never scrolled, and in the school's
// time whatever zone the screen's own clock has.
export default function Wall({ theme, onTheme }: Props) {
  const { state } = useSchool();
  const [, go] = useLocation();
  const { arrivals: all, summary, sections, day, loaded } = state;
  const counts = useMemo(() => count(state, ""), [all, summary, sections]);
  const arrivals = useMemo(() => newestFirst(all.values(), ""), [all]);
  const leave = () => {
    go("/");
    if (document.fullscreenElement) void document.exitFullscreen();
  };
  const closed = summary !== null && !summary.isInstructional;
  return (
    <main className={loaded ? "wall-page" : "wall-page waiting"} aria-busy={!loaded}>
      <header className="wall-head">
        <h1>
          {longDay(day) || "TamTap"}
          {summary !== null && summary.school !== "" && (
            <small className="wall-school">{summary.school}</small>
          )}
        </h1>
        {closed && (
          <p className="flag flag-closed">{summary.calendarLabel || t("today.no_classes")}</p>
        )}
        {state.live !== "live" && <LiveSign live={state.live} />}
        <Time />
        <div className="wall-tools">
          <IconButton
            icon={theme === "dark" ? "light" : "dark"}
            words={theme === "dark" ? t("tools.light") : t("tools.dark")}
            onPress={onTheme}
          />
          <IconButton icon="unwall" words={t("tools.leave_wall")} onPress={leave} />
        </div>
      </header>
      <div className="wall-left">
        <WallFigures counts={counts} arrivals={arrivals} summary={summary} />
        <WallSections state={state} />
      </div>
      <WallArrivals arrivals={arrivals} loaded={loaded} />
      <footer className="wall-foot">
        <FeedSigns state={state} />
      </footer>
    </main>
  );
}

const Time = () => {
  const time = useSchoolTime();
  return (
    <time className="wall-clock" data-testid="wall-clock">
      {time}
    </time>
  );
};
