import { Select } from "../design/select";
import { t } from "../i18n/words";

interface Props {
  sections: string[];
  value: string;
  onChange: (section: string) => void;
}

export const SectionFilter = ({ sections, value, onChange }: Props) => (
  <Select
    label={t("section.one")}
    testId="section-filter"
    value={value}
    options={[
      { value: "", words: t("section.all") },
      ...sections.map((each) => ({ value: each, words: each })),
    ]}
    onChange={onChange}
  />
);
