// How somebody's day is, in a row of the list.
import { createContext, useContext } from "react";
import { Marking, type Marker } from "../../components/marking";
import { t } from "../../i18n/words";
import { isMark, type MarkStatus } from "../../marks";
import type { Arrival, Status, Student } from "../../types";
import { statusText } from "../../words";

interface Today {
  day: string;
  find: (student: Student) => Arrival | undefined;
  onMark: Marker | null; // null where there are no classes today
}

export const TodayContext = createContext<Today>({ day: "", find: () => undefined, onMark: null });

export const tapped = (arrival: Arrival | undefined) => arrival !== undefined && !isMark(arrival);

const ranks: Record<Status, number> = { on_time: 1, late: 2, absent: 3, excused: 4 };

// Who is not here comes first: that is whom one looks for.
export const rankOf = (arrival: Arrival | undefined) =>
  arrival === undefined ? 0 : ranks[arrival.status] + (isMark(arrival) ? 4 : 0);

export function DayOf({ student }: { student: Student }) {
  const { day, find, onMark } = useContext(TodayContext);
  const arrival = find(student);
  return (
    <span className="day-of">
      {arrival ? (
        <span className={`chip chip-${arrival.status}`}>
          {statusText(arrival)}
          {tapped(arrival) && <b> {arrival.time.slice(0, 5)}</b>}
        </span>
      ) : (
        <span className="soft">{t("tile.not_yet")}</span>
      )}
      {onMark !== null && !tapped(arrival) && (
        <Marking
          name={student.name}
          status={arrival ? (arrival.status as MarkStatus) : null}
          onMark={(status) => onMark(day, student, status)}
        />
      )}
    </span>
  );
}
