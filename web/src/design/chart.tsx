import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { t } from "../i18n/words";
import { shortDay } from "../words";

export interface Series {
  words: string;
  color: string; // the name of a token: "on-time", "gold-fill", "very-late", "excused", "green"
  values: (number | null)[];
  kind?: "line" | "bars";
}

interface Props {
  label: string; // what it shows, spoken; give the figures in words, too
  xs: number[]; // days as seconds since 1970 where time is true, else plain numbers
  series: Series[];
  time?: boolean;
  height?: number; // in pixels
  range?: [number, number]; // of the upright axis; else as the values are
  format?: (value: number) => string; // of the upright axis
}

const day = 86_400; // seconds
const steps = [1, 2, 7, 14, 28, 56, 112].map((each) => each * day);
const dayText = (seconds: number) => shortDay(new Date(seconds * 1000).toISOString().slice(0, 10));

// Lines and bars over time. Import it by lazy(): it weighs 23 kB.
export default function Chart(props: Props) {
  const { label, xs, series, time = false, height = 240, range, format } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current!;
    const draw = () => {
      const style = getComputedStyle(document.documentElement);
      const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
      const axis = { stroke: token("soft"), grid: { stroke: token("line"), width: 1 } };
      return new uPlot(
        {
          width: element.clientWidth,
          height,
          tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
          scales: { x: { time }, y: range ? { range } : {} },
          axes: [
            time ? { ...axis, incrs: steps, values: (_, ticks) => ticks.map(dayText) } : axis,
            { ...axis, values: format && ((_, ticks) => ticks.map((each) => format(each))) },
          ],
          series: [
            time ? { label: t("days.day"), value: (_, at) => (at ? dayText(at) : "–") } : {},
            ...series.map((each) => ({
              label: each.words,
              stroke: token(each.color),
              fill: each.kind === "bars" ? token(each.color) : undefined,
              width: 2,
              points: { show: each.kind !== "bars" && xs.length < 40 },
              paths: each.kind === "bars" ? uPlot.paths.bars!({ size: [0.7, 40] }) : undefined,
            })),
          ],
        },
        [xs, ...series.map((each) => each.values)],
        element,
      );
    };
    let plot = draw();
    const again = () => {
      plot.destroy();
      plot = draw();
    };
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const themes = new MutationObserver(again);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      plot.destroy();
    };
  }, [xs, series, time, height, range, format]);
  return <div className="chart-box" ref={box} role="img" aria-label={label} />;
}
