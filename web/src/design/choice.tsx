import { useId } from "react";
import type { Option } from "./select";

interface Props {
  label: string; // spoken
  value: string;
  options: Option[];
  onChange: (value: string) => void;
}

// One of two or three, side by side.
export function Choice({ label, value, options, onChange }: Props) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="sr-only">{label}</legend>
      {options.map((each) => (
        <label key={each.value}>
          <input
            type="radio"
            name={name}
            checked={each.value === value}
            onChange={() => onChange(each.value)}
          />
          <span>{each.words}</span>
        </label>
      ))}
    </fieldset>
  );
}
