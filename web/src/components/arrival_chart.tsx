import { useEffect, useRef, useState } from "react";
import { clockOf, roundMarks, type Slot, type Slots } from "../counts";
import { t } from "../i18n/words";

// In pixels at the usual text size; on a wall everything is larger.
const margin = { top: 8, right: 4, bottom: 26, left: 36 };
const gapShare = 0.28; // of a bar and the gap behind it
const labelWidth = 64; // what a time below the axis wants for itself

// The size of what is drawn on, in CSS pixels: text keeps its size on every screen.
function useSize() {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0, scale: 1 });
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      setSize({ width: Math.floor(width), height: Math.floor(height), scale });
    });
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, []);
  return [ref, size] as const;
}

function describe({ slots, minutes }: Slots): string {
  const sum = (slot: Slot) => slot.onTime + slot.late;
  const all = slots.reduce((total, slot) => total + sum(slot), 0);
  const busiest = slots.reduce((a, b) => (sum(b) > sum(a) ? b : a));
  return t("chart.describe", {
    all,
    first: clockOf(slots[0].minute),
    most: sum(busiest),
    from: clockOf(busiest.minute),
    to: clockOf(busiest.minute + minutes),
  });
}

interface Props {
  slots: Slots;
  title: string;
  against?: string; // the day that a line shows
  compared?: string; // the same in words
}

// Bars of arrivals by the minute; late ones stand on top of those on time. A line is another day's.
export function ArrivalChart({ slots, title, against = "", compared = "" }: Props) {
  const [ref, size] = useSize();
  return (
    <section className="card chart" aria-labelledby="chart-title">
      <div className="card-head">
        <h2 id="chart-title">{title}</h2>
        <p className="legend" aria-hidden>
          <i className="key key-on-time" /> {t("status.on_time")} <i className="key key-late" />{" "}
          {t("status.late")}
          {against !== "" && (
            <>
              {" "}
              <i className="key key-before" /> {against}
            </>
          )}
        </p>
      </div>
      <div className="plot" ref={ref}>
        {slots.slots.length === 0 ? (
          <p className="nothing">{t("chart.empty")}</p>
        ) : (
          size.width > 0 && <Plot of={slots} {...size} />
        )}
      </div>
      {compared !== "" && <p className="compared">{compared}</p>}
    </section>
  );
}

interface PlotProps {
  of: Slots;
  width: number;
  height: number;
  scale: number;
}

function Plot({ of, width, height, scale }: PlotProps) {
  const { slots, minutes, before } = of;
  const most = Math.max(4, ...slots.map((slot) => slot.onTime + slot.late), ...before);
  const left = margin.left * scale;
  const right = width - margin.right * scale;
  const foot = height - margin.bottom * scale;
  const lines = Math.max(1, Math.floor((foot - margin.top * scale) / (36 * scale)));
  const marks = roundMarks(most, Math.min(4, lines));
  const pitch = (right - left) / (slots.length - gapShare);
  const x = (n: number) => left + n * pitch;
  const y = (value: number) => foot - (value * (foot - margin.top * scale)) / marks.at(-1)!;
  const room = (right - left) / (labelWidth * scale);
  const steps = [15, 30, 60, 120, 240];
  const step = steps.find((each) => (slots.length * minutes) / each <= room) ?? 480;
  const thick = pitch * (1 - gapShare);
  const bar = { width: thick, radius: Math.min(4 * scale, thick / 3) };

  return (
    <svg width={width} height={height} role="img" aria-label={describe(of)}>
      {marks.map((tick) => (
        <g key={tick} className="tick">
          <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text x={left - 8 * scale} y={y(tick)} dy="0.35em" textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {slots.map(({ minute, onTime, late }, n) => (
        <g key={minute}>
          <title>
            {t("chart.bar", {
              from: clockOf(minute),
              to: clockOf(minute + minutes),
              onTime,
              late,
            })}
          </title>
          <Bar {...bar} name="late" x={x(n)} top={y(onTime + late)} bottom={y(onTime)} />
          <Bar
            {...bar}
            name="on-time"
            x={x(n)}
            top={y(onTime)}
            bottom={y(0)}
            radius={late > 0 ? 0 : bar.radius}
          />
        </g>
      ))}
      {before.length > 0 && <path className="line-before" d={lineOf(before, x, y, pitch)} />}
      {slots
        .map(({ minute }, n) => [minute, n])
        .filter(([minute]) => minute % step === 0)
        .map(([minute, n]) => (
          <text key={minute} x={x(n) + bar.width / 2} y={height - 6 * scale} textAnchor="middle">
            {clockOf(minute)}
          </text>
        ))}
    </svg>
  );
}

// Steps from slot to slot.
const lineOf = (
  values: number[],
  x: (n: number) => number,
  y: (value: number) => number,
  pitch: number,
) => values.map((each, n) => `${n === 0 ? "M" : "L"}${x(n)} ${y(each)}h${pitch}`).join("");

interface BarProps {
  name: string;
  x: number;
  width: number;
  top: number;
  bottom: number;
  radius: number; // of the upper corners
}

function Bar({ name, x, width, top, bottom, radius }: BarProps) {
  const r = Math.min(radius, bottom - top);
  if (bottom - top <= 0) return null;
  const d =
    `M${x} ${bottom}V${top + r}q0 ${-r} ${r} ${-r}H${x + width - r}` +
    `q${r} 0 ${r} ${r}V${bottom}z`;
  return <path className={`fill-${name}`} d={d} />;
}
