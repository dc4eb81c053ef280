import { ShareBar } from "../../components/counts";
import type { Counts } from "../../counts";
import { t } from "../../i18n/words";
import type { Arrival, Summary } from "../../types";

interface Props {
  counts: Counts;
  arrivals: Arrival[];
  summary: Summary | null;
}

export function WallFigures({ counts, arrivals, summary }: Props) {
  const inside = arrivals.filter((each) => each.departure === "").length;
  return (
    <section className="wall-figures" aria-labelledby="wall-present">
      <div className="hero">
        <h2 id="wall-present">{t("hero.title")}</h2>
        <p className="wall-number">
          <strong data-testid="count-present">{counts.present}</strong>
          <span>{t("hero.of_all", { total: counts.total })}</span>
        </p>
        <ShareBar counts={counts} />
      </div>
      <dl className="wall-tiles">
        <Tile id="on-time" words={t("status.on_time")} value={counts.onTime} />
        <Tile id="late" words={t("status.late")} value={counts.late} />
        {summary?.departures ? (
          <Tile id="inside" words={t("wall.inside")} value={inside} />
        ) : (
          <Tile id="not-yet" words={t("tile.not_yet")} value={counts.notYet} />
        )}
      </dl>
    </section>
  );
}

const Tile = ({ id, words, value }: { id: string; words: string; value: number }) => (
  <div className={`tile tile-${id}`}>
    <dt>{words}</dt>
    <dd data-testid={`count-${id}`}>{value}</dd>
  </div>
);
