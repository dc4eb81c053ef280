import type { Counts } from "../counts";
import { t } from "../i18n/words";

// The parts of a whole, side by side. Widths are in per cent of `total`.
export function ShareBar({ counts }: { counts: Counts }) {
  const whole = Math.max(counts.total, counts.here + counts.excused, 1);
  const parts: [string, number][] = [
    ["on-time", counts.onTime],
    ["late", counts.late],
    ["very-late", counts.veryLate],
    ["excused", counts.excused],
  ];
  let before = 0;
  return (
    <svg className="share-bar" aria-hidden focusable={false}>
      {parts.map(([name, value]) => {
        const x = `${(100 * before) / whole}%`;
        before += value;
        return (
          <rect
            key={name}
            className={`fill-${name}`}
            x={x}
            width={`${(100 * value) / whole}%`}
            y="0"
          />
        );
      })}
    </svg>
  );
}

export function Hero({ counts, section }: { counts: Counts; section: string }) {
  const share = counts.total === 0 ? 0 : Math.round((100 * counts.present) / counts.total);
  const extra = [
    counts.veryLate > 0 ? t("hero.very_late", { count: counts.veryLate }) : "",
    counts.excused > 0 ? t("hero.excused", { count: counts.excused }) : "",
  ].filter((each) => each !== "");
  return (
    <section className="hero" aria-labelledby="hero-title">
      <h2 id="hero-title">{t("hero.title")}</h2>
      <p className={counts.total > 999 ? "hero-number long" : "hero-number"}>
        <strong data-testid="count-present">{counts.present}</strong>
        <span>
          {section === ""
            ? t("hero.of_all", { total: counts.total })
            : t("hero.of_section", { total: counts.total, section })}
        </span>
      </p>
      <ShareBar counts={counts} />
      <p className="hero-foot">
        <span>{t("hero.share", { share })}</span>
        <span>{extra.join(", ")}</span>
      </p>
    </section>
  );
}

// For a day that is over, who did not come will not.
export function Tiles({ counts, over = false }: { counts: Counts; over?: boolean }) {
  return (
    <dl className="tiles">
      <Tile id="on-time" words={t("status.on_time")} value={counts.onTime} />
      <Tile id="late" words={t("status.late")} value={counts.late} />
      <Tile
        id="not-yet"
        words={over ? t("tile.did_not_come") : t("tile.not_yet")}
        value={counts.notYet}
      />
      <Tile id="total" words={t("tile.students")} value={counts.total} />
    </dl>
  );
}

function Tile({ id, words, value }: { id: string; words: string; value: number }) {
  return (
    <div className={`tile tile-${id}`}>
      <dt>{words}</dt>
      <dd data-testid={`count-${id}`}>{value}</dd>
    </div>
  );
}
