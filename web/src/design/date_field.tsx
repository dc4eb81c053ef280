import { Button as AriaButton } from "react-aria-components/Button";
import { Calendar } from "react-aria-components/Calendar";
import { DateInput, DateSegment } from "react-aria-components/DateField";
import { DatePicker } from "react-aria-components/DatePicker";
import { Dialog } from "react-aria-components/Dialog";
import { FieldError } from "react-aria-components/FieldError";
import { Group } from "react-aria-components/Group";
import { Label } from "react-aria-components/Label";
import { Popover } from "react-aria-components/Popover";
import { Icon } from "../components/icons";
import { CalendarMonth, dateOf } from "./calendar";

interface Props {
  label: string;
  value: string; // "YYYY-MM-DD", or "" for none
  min?: string;
  max?: string;
  error?: string;
  isRequired?: boolean;
  onChange: (day: string) => void;
}

// A day, typed or chosen from a month.
export function DateField({ label, value, min, max, error = "", isRequired, onChange }: Props) {
  return (
    <DatePicker
      className="field"
      value={dateOf(value)}
      minValue={dateOf(min)}
      maxValue={dateOf(max)}
      isRequired={isRequired}
      isInvalid={error !== "" || undefined}
      onChange={(date) => onChange(date?.toString() ?? "")}
    >
      <Label>{label}</Label>
      <Group className="date-box">
        <DateInput className="date-input">
          {(segment) => <DateSegment segment={segment} className="date-segment" />}
        </DateInput>
        <AriaButton className="combo-open">
          <Icon name="days" />
        </AriaButton>
      </Group>
      <FieldError className="field-error">{error || undefined}</FieldError>
      <Popover className="popover">
        <Dialog className="dialog">
          <Calendar className="calendar">
            <CalendarMonth />
          </Calendar>
        </Dialog>
      </Popover>
    </DatePicker>
  );
}
