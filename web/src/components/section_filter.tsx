interface Props {
  sections: string[];
  value: string;
  onChange: (section: string) => void;
}

export function SectionFilter({ sections, value, onChange }: Props) {
  return (
    <label class="field">
      <span>Section</span>
      <select
        data-testid="section-filter"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        <option value="">All sections</option>
        {sections.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
