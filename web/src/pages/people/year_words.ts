import { t, type Word } from "../../i18n/words";
import { statusText } from "../../words";
import { cameOf, type DayOfYear, type DayTone } from "./year_days";

export const toneWords: Record<DayTone, Word> = {
  on_time: "status.on_time",
  late: "status.late",
  absent: "year.absent",
  excused: "status.excused",
  free: "year.free",
  ahead: "year.ahead",
};

export const dayWords = ({ tone, record, calendar }: DayOfYear): string => {
  if (record) return [statusText(record), cameOf(record)].filter(Boolean).join(" ");
  return tone === "free" && calendar?.reason ? calendar.reason : t(toneWords[tone]);
};
