import { Icon } from "../../components/icons";
import { Card } from "../../design/card";
import { t, type Word } from "../../i18n/words";
import { prefix } from "../../place";
import type { Person } from "./person";

const files: [string, Word][] = [
  ["xlsx", "exports.xlsx"],
  ["pdf", "exports.pdf"],
  ["csv", "exports.csv"],
];

interface Props {
  person: Person;
  first: string;
  last: string;
}

export const Exports = ({ person, first, last }: Props) => (
  <Card title={t("exports.title")}>
    <div className="headline-actions">
      {files.map(([ending, words]) => (
        <a
          key={ending}
          className="button"
          href={`${prefix}/api/export/student/${encodeURIComponent(person.nfc_id)}/${ending}?from=${first}&to=${last}`}
          download
        >
          <Icon name="download" />
          <span>{t(words)}</span>
        </a>
      ))}
    </div>
  </Card>
);
