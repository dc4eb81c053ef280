import { Icon } from "../../components/icons";
import { t } from "../../i18n/words";
import { prefix } from "../../place";

interface Props {
  path: string; // "/api/export", "/api/export/register", "/api/export/student/ID"
  query: Record<string, string>; // empty ones are left out
  of: string; // spoken: what the files are of
}

const formats = [
  ["xlsx", "Excel"],
  ["pdf", "PDF"],
  ["csv", "CSV"],
] as const;

// The same report as a workbook, to print, and for other programs.
export function Downloads({ path, query, of }: Props) {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  return (
    <span className="downloads">
      {formats.map(([format, name]) => (
        <a
          key={format}
          className="button"
          href={`${prefix}${path}/${format}?${asked}`}
          aria-label={t("reports.download_as", { of, format: name })}
          download
        >
          <Icon name="download" />
          <span>{name}</span>
        </a>
      ))}
    </span>
  );
}
