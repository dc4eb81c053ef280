import type { Counts } from "../counts";
import { plural } from "../words";

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
    <svg class="share-bar" aria-hidden="true" focusable="false">
      {parts.map(([name, value]) => {
        const x = `${(100 * before) / whole}%`;
        before += value;
        return (
          <rect key={name} class={`fill-${name}`} x={x} width={`${(100 * value) / whole}%`} y="0" />
        );
      })}
    </svg>
  );
}

export function Hero({ counts, noun }: { counts: Counts; noun: string }) {
  const share = counts.total === 0 ? 0 : Math.round((100 * counts.present) / counts.total);
  const extra = [
    counts.veryLate > 0 ? `${plural(counts.veryLate, "person", "people")} came very late` : "",
    counts.excused > 0 ? `${counts.excused} excused` : "",
  ].filter((each) => each !== "");
  return (
    <section class="hero" aria-labelledby="hero-title">
      <h2 id="hero-title">Present</h2>
      <p class={counts.total > 999 ? "hero-number long" : "hero-number"}>
        <strong data-testid="count-present">{counts.present}</strong>
        <span>
          of {counts.total} {noun}
        </span>
      </p>
      <ShareBar counts={counts} />
      <p class="hero-foot">
        <span>{share}% are in</span>
        <span>{extra.join(", ")}</span>
      </p>
    </section>
  );
}

// For a day that is over, who did not come will not.
export function Tiles({ counts, over = false }: { counts: Counts; over?: boolean }) {
  return (
    <dl class="tiles">
      <Tile id="on-time" words="On time" value={counts.onTime} />
      <Tile id="late" words="Late" value={counts.late} />
      <Tile id="not-yet" words={over ? "Did not come" : "Not yet in"} value={counts.notYet} />
      <Tile id="total" words="Students" value={counts.total} />
    </dl>
  );
}

function Tile({ id, words, value }: { id: string; words: string; value: number }) {
  return (
    <div class={`tile tile-${id}`}>
      <dt>{words}</dt>
      <dd data-testid={`count-${id}`}>{value}</dd>
    </div>
  );
}
