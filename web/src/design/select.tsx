export interface Option {
  value: string;
  words: string;
}

interface Props {
  label: string;
  value: string;
  options: Option[];
  onChange: (value: string) => void;
  testId?: string;
  isDisabled?: boolean;
}

// One of a few. The browser's own list, which every phone shows best; for many, ComboBox searches.
export function Select({ label, value, options, onChange, testId, isDisabled }: Props) {
  return (
    <label className="field">
      <span>{label}</span>
      <select
        data-testid={testId}
        value={value}
        disabled={isDisabled}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((each) => (
          <option key={each.value} value={each.value}>
            {each.words}
          </option>
        ))}
      </select>
    </label>
  );
}
