import { lazy, Suspense, useMemo } from "react";
import { Card } from "../../design/card";
import { EmptyState } from "../../design/empty_state";
import { t } from "../../i18n/words";
import { longDay } from "../../words";
import { percent, type Figures } from "./figures";
import { InARow } from "./in_a_row";
import { LateTable } from "./late_table";

const Chart = lazy(() => import("../../design/chart"));

// What a principal asks first: how many came, is it better or worse, who is late, who stays away.
export function Overview({ figures }: { figures: Figures }) {
  if (figures.expected === 0) return <NoClasses />;
  return (
    <div className="page">
      <dl className="tiles report-tiles">
        <Tile words={t("reports.rate")} value={percent(figures.rate)} />
        <Tile words={t("reports.class_days")} value={figures.days.length} />
        <Tile words={t("reports.late")} value={figures.late} />
        <Tile words={t("reports.absent")} value={figures.absent} />
        <Tile words={t("reports.excused")} value={figures.excused} />
      </dl>
      {figures.days.length > 1 && <OverTime days={figures.days} />}
      <div className="report-pair">
        <LateTable figures={figures} />
        <InARow learners={figures.learners} />
      </div>
    </div>
  );
}

export const NoClasses = () => (
  <section className="card">
    <EmptyState icon="calendar" title={t("reports.no_classes")}>
      {t("reports.no_classes_explain")}
    </EmptyState>
  </section>
);

const Tile = ({ words, value }: { words: string; value: string | number }) => (
  <div className="tile">
    <dt>{words}</dt>
    <dd>{typeof value === "number" ? t("reports.number", { value }) : value}</dd>
  </div>
);

const whole: [number, number] = [0, 100];
const asPercent = (value: number) => `${value}%`;

function OverTime({ days }: Pick<Figures, "days">) {
  const xs = useMemo(() => days.map((each) => Date.parse(each.date) / 1000), [days]);
  const series = useMemo(
    () => [
      {
        words: t("reports.rate"),
        color: "green",
        values: days.map((each) => Math.round(each.rate * 10) / 10),
      },
    ],
    [days],
  );
  const best = days.reduce((a, b) => (b.rate > a.rate ? b : a));
  const worst = days.reduce((a, b) => (b.rate < a.rate ? b : a));
  const words =
    best.rate === worst.rate
      ? t("reports.over_time_same", { rate: percent(best.rate) })
      : t("reports.over_time_line", {
          best: longDay(best.date),
          most: percent(best.rate),
          worst: longDay(worst.date),
          least: percent(worst.rate),
        });
  return (
    <Card title={t("reports.over_time")}>
      <p className="explain">{words}</p>
      <Suspense fallback={<div className="chart-box chart-wait" />}>
        <Chart
          label={words}
          xs={xs}
          series={series}
          time
          height={260}
          range={whole}
          format={asPercent}
        />
      </Suspense>
    </Card>
  );
}
