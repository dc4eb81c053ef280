import { Select } from "../design/select";
import { t } from "../i18n/words";

interface Props {
  sections: string[];
  value: string;
  onChange: (section: string) => void;
}

// What is chosen stays in the list, also when nobody of that section is left to be shown.
export const SectionFilter = ({ sections, value, onChange }: Props) => (
  <Select
    label={t("section.one")}
    testId="section-filter"
    value={value}
    options={[
      { value: "", words: t("section.all") },
      ...(value === "" || sections.includes(value) ? sections : [...sections, value].sort()).map(
        (each) => ({ value: each, words: each }),
      ),
    ]}
    onChange={onChange}
  />
);
