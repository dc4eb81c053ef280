import { Choice } from "../../design/choice";
import { DateField } from "../../design/date_field";
import { IconButton } from "../../design/icon_button";
import { Select } from "../../design/select";
import { t, type Word } from "../../i18n/words";
import { longDay, monthDay } from "../../words";
import { monthsUpTo, monthText } from "./months";
import { monthOf, next, periodOf, type Kind, type Period } from "./period";

const offered = 24; // months back; those before are a press on "the one before" away

interface Props {
  period: Period;
  today: string;
  onChange: (period: Period) => void;
}

export const periodText = ({ from, to }: Period) =>
  from === to
    ? longDay(from)
    : t("reports.from_to", {
        from: from.slice(0, 4) === to.slice(0, 4) ? monthDay(from) : withYear(from),
        to: withYear(to),
      });

const withYear = (day: string) => `${monthDay(day)}, ${day.slice(0, 4)}`;

// What is chosen first: the day itself, any day of a week, or the first of several.
const firstWords: Record<Exclude<Kind, "month">, Word> = {
  day: "days.day",
  week: "reports.week_of",
  range: "corrections.from",
};

interface MonthProps {
  month: string;
  today: string;
  onChange: (month: string) => void;
}

function MonthSelect({ month, today, onChange }: MonthProps) {
  const months = monthsUpTo(today, offered);
  const all = months.includes(month) ? months : [...months, month].sort().reverse();
  return (
    <Select
      label={t("reports.month")}
      testId="period-month"
      value={month}
      options={all.map((each) => ({ value: each, words: monthText(each) }))}
      onChange={onChange}
    />
  );
}

// Of which days: a day, a week, a month or any.
export const PeriodChoice = ({ period, today, onChange }: Props) => (
  <div className="period">
    <Choice
      label={t("reports.period")}
      value={period.kind}
      options={[
        { value: "day", words: t("reports.day") },
        { value: "week", words: t("reports.week") },
        { value: "month", words: t("reports.month") },
        { value: "range", words: t("reports.range") },
      ]}
      onChange={(kind) => {
        const day = period.to < today ? period.to : today;
        onChange(
          kind === "range"
            ? periodOf("range", period.from, day < period.from ? period.to : day)
            : periodOf(kind as Kind, day),
        );
      }}
    />
    <div className="period-days">
      {period.kind !== "range" && (
        <IconButton
          icon="back"
          words={t("reports.before")}
          onPress={() => onChange(next(period, -1))}
        />
      )}
      {period.kind === "month" ? (
        <MonthSelect
          month={monthOf(period.from)}
          today={today}
          onChange={(month) => onChange(periodOf("month", `${month}-01`))}
        />
      ) : (
        <DateField
          label={t(firstWords[period.kind])}
          value={period.from}
          max={today}
          onChange={(day) =>
            day !== "" &&
            onChange(
              period.kind === "range"
                ? periodOf("range", day, period.to < day ? day : period.to)
                : periodOf(period.kind, day),
            )
          }
        />
      )}
      {period.kind === "range" && (
        <DateField
          label={t("corrections.to")}
          value={period.to}
          min={period.from}
          onChange={(day) => day !== "" && onChange(periodOf("range", period.from, day))}
        />
      )}
      {period.kind !== "range" && (
        <IconButton
          icon="forward"
          words={t("reports.after")}
          isDisabled={period.to >= today}
          onPress={() => onChange(next(period, 1))}
        />
      )}
    </div>
  </div>
);
