interface Props {
  label: string;
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}

// The browser's own: it brings the cross that empties it, and the phone's search key.
export function SearchField({ label, value, placeholder, onChange }: Props) {
  return (
    <label className="field grow">
      <span>{label}</span>
      <input
        type="search"
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
