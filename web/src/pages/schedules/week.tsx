import { weekdayNames } from "../../days";
import { t } from "../../i18n/words";
import { weekdays, weekOf, type Schedule } from "./hours";

// Seven days side by side.
export function WeekOf({ schedule }: { schedule: Schedule }) {
  const week = weekOf(schedule);
  const [short, long] = [weekdayNames("short"), weekdayNames("long")];
  return (
    <ul className="week">
      {weekdays.map((day, n) => {
        const { start, end } = week[day];
        return (
          <li key={day} className={start === "" ? "week-free" : ""} data-day={day}>
            <span aria-hidden>{short[n]}</span>
            <span className="sr-only">{long[n]}</span>
            {start === "" ? (
              <>
                <b aria-hidden>–</b>
                <span className="sr-only">{t("year.free")}</span>
              </>
            ) : (
              <>
                <b>{start}</b>
                <b>{end}</b>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
