import { scaleBand, scaleLinear } from "d3-scale";
import { useEffect, useRef, useState } from "preact/hooks";
import { clockOf, slotMinutes, type Slot } from "../counts";
import { plural } from "../words";

// In pixels at the usual text size; on a wall everything is larger.
const margin = { top: 8, right: 4, bottom: 26, left: 36 };
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

function describe(slots: Slot[]): string {
  const sum = (slot: Slot) => slot.onTime + slot.late;
  const all = slots.reduce((total, slot) => total + sum(slot), 0);
  const busiest = slots.reduce((a, b) => (sum(b) > sum(a) ? b : a));
  return (
    `${plural(all, "arrival", "arrivals")}, the first after ${clockOf(slots[0].minute)}; ` +
    `most of them, ${sum(busiest)}, from ${clockOf(busiest.minute)} to ` +
    clockOf(busiest.minute + slotMinutes)
  );
}

// Bars of arrivals by five minutes; late ones stand on top of those on time.
export function ArrivalChart({ slots, title }: { slots: Slot[]; title: string }) {
  const [ref, size] = useSize();
  return (
    <section class="card chart" aria-labelledby="chart-title">
      <div class="card-head">
        <h2 id="chart-title">{title}</h2>
        <p class="legend" aria-hidden="true">
          <i class="key key-on-time" /> On time <i class="key key-late" /> Late
        </p>
      </div>
      <div class="plot" ref={ref}>
        {slots.length === 0 ? (
          <p class="nothing">The first arrivals show here, five minutes a bar.</p>
        ) : (
          size.width > 0 && <Plot slots={slots} {...size} />
        )}
      </div>
    </section>
  );
}

interface PlotProps {
  slots: Slot[];
  width: number;
  height: number;
  scale: number;
}

function Plot({ slots, width, height, scale }: PlotProps) {
  const most = Math.max(4, ...slots.map((slot) => slot.onTime + slot.late));
  const left = margin.left * scale;
  const right = width - margin.right * scale;
  const x = scaleBand<number>()
    .domain(slots.map((slot) => slot.minute))
    .range([left, right])
    .paddingInner(0.28);
  const y = scaleLinear()
    .domain([0, most])
    .nice(3)
    .range([height - margin.bottom * scale, margin.top * scale]);
  const room = (right - left) / (labelWidth * scale);
  const steps = [15, 30, 60, 120, 240];
  const lines = Math.max(1, Math.floor((y(0) - y.range()[1]) / (36 * scale)));
  const step = steps.find((each) => (slots.length * slotMinutes) / each <= room) ?? 480;
  const bar = { width: x.bandwidth(), radius: Math.min(4 * scale, x.bandwidth() / 3) };

  return (
    <svg width={width} height={height} role="img" aria-label={describe(slots)}>
      {y.ticks(Math.min(4, lines)).map((tick) => (
        <g key={tick} class="tick">
          <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text x={left - 8 * scale} y={y(tick)} dy="0.35em" text-anchor="end">
            {tick}
          </text>
        </g>
      ))}
      {slots.map(({ minute, onTime, late }) => (
        <g key={minute}>
          <title>
            {`${clockOf(minute)} to ${clockOf(minute + slotMinutes)}: ${onTime} on time, ${late} late`}
          </title>
          <Bar {...bar} name="late" x={x(minute)!} top={y(onTime + late)} bottom={y(onTime)} />
          <Bar
            {...bar}
            name="on-time"
            x={x(minute)!}
            top={y(onTime)}
            bottom={y(0)}
            radius={late > 0 ? 0 : bar.radius}
          />
        </g>
      ))}
      {slots
        .filter(({ minute }) => minute % step === 0)
        .map(({ minute }) => (
          <text
            key={minute}
            x={x(minute)! + bar.width / 2}
            y={height - 6 * scale}
            text-anchor="middle"
          >
            {clockOf(minute)}
          </text>
        ))}
    </svg>
  );
}

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
  return <path class={`fill-${name}`} d={d} />;
}
