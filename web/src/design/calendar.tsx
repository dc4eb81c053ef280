import { parseDate, type DateValue } from "@internationalized/date";
import { Button as AriaButton } from "react-aria-components/Button";
import {
  Calendar as AriaCalendar,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
} from "react-aria-components/Calendar";
import { Heading } from "react-aria-components/Heading";
import { Icon } from "../components/icons";

export const dateOf = (day: string | undefined): DateValue | null => (day ? parseDate(day) : null);

interface Props {
  label: string;
  value?: string; // "YYYY-MM-DD", as everywhere
  min?: string;
  max?: string;
  onChange?: (day: string) => void;
}

// A month to choose a day from.
export function Calendar({ label, value, min, max, onChange }: Props) {
  return (
    <AriaCalendar
      aria-label={label}
      className="calendar"
      value={value === undefined ? undefined : dateOf(value)}
      minValue={dateOf(min)}
      maxValue={dateOf(max)}
      onChange={(date) => date && onChange?.(date.toString())}
    >
      <CalendarMonth />
    </AriaCalendar>
  );
}

// What is in a calendar; DateField shows the same.
export const CalendarMonth = () => (
  <>
    <div className="calendar-head">
      <AriaButton slot="previous" className="tool">
        <Icon name="back" />
      </AriaButton>
      <Heading level={3} />
      <AriaButton slot="next" className="tool">
        <Icon name="forward" />
      </AriaButton>
    </div>
    <CalendarGrid className="calendar-grid">
      <CalendarGridHeader>
        {(day) => <CalendarHeaderCell>{day}</CalendarHeaderCell>}
      </CalendarGridHeader>
      <CalendarGridBody>
        {(date) => <CalendarCell date={date} className="calendar-day" />}
      </CalendarGridBody>
    </CalendarGrid>
  </>
);
