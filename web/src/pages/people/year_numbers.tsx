import { currentLanguage, t, type Word } from "../../i18n/words";
import { monthDay } from "../../words";

interface Summary {
  totalDays: number;
  present: number;
  late: number;
  absent: number;
  excused: number;
  attendanceRate: number;
}

const tiles: [keyof Summary, Word, string][] = [
  ["present", "year.present", "good"],
  ["late", "year.late", "late"],
  ["absent", "year.absent", "bad"],
  ["excused", "status.excused", "excused"],
  ["totalDays", "year.class_days", "plain"],
];

export const YearNumbers = ({ summary, begin }: { summary: Summary; begin: string }) => (
  <section className="year-numbers" aria-label={t("year.numbers")}>
    <div className="year-rate">
      <strong data-testid="year-rate">
        {new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 1 }).format(
          summary.attendanceRate,
        )}
        %
      </strong>
      <span>{t("year.rate", { day: monthDay(begin) })}</span>
    </div>
    {tiles.map(([key, words, tone]) => (
      <div key={key} className={`year-tile year-${tone}`}>
        <strong data-testid={`year-${key}`}>{summary[key]}</strong>
        <span>{t(words)}</span>
      </div>
    ))}
  </section>
);
