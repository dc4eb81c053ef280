import { useMemo, useState } from "react";
import { Table, type Column } from "../design/table";
import { t } from "../i18n/words";
import type { Part, Row } from "./import_rows";
import { sheetSentence } from "./sheet_sentences";

const columnsOf = (id: string): Column<Row>[] => {
  const line: Column<Row> = {
    id: "line",
    words: t("import.line"),
    sort: (each) => each.line,
    cell: (each) => each.line,
  };
  const who: Column<Row> = {
    id: "who",
    words: id === "left_out" ? t("import.why") : t("people.name"),
    sort: (each) => each.who,
    cell: (each) => (
      <>
        <bdi>{each.who}</bdi>
        <small className="narrow">{[each.section, each.what].filter(Boolean).join(" · ")}</small>
      </>
    ),
  };
  if (id === "left_out") return [line, who];
  const more: Column<Row>[] = [
    {
      id: "section",
      words: t("section.one"),
      wide: true,
      sort: (each) => each.section,
      cell: (each) => each.section,
    },
    { id: "what", words: t("import.what"), wide: true, cell: (each) => each.what },
  ];
  return id === "missing" ? [who, ...more] : [line, who, ...more];
};

interface Props {
  parts: Part[];
  notes: string[];
  mend: boolean; // whether bad lines are in the way
}

// How many of each kind, and those of the kind that is chosen.
export function ImportPreview({ parts, notes, mend }: Props) {
  const filled = parts.filter((each) => each.rows.length > 0);
  const [wanted, setWanted] = useState("");
  const part = filled.find((each) => each.id === wanted) ?? filled[0];
  const columns = useMemo(() => columnsOf(part?.id ?? ""), [part?.id]);
  return (
    <section
      className="card import-preview"
      aria-label={t("import.preview")}
      data-testid="import-preview"
    >
      <div className="part-tiles" role="group" aria-label={t("import.preview")}>
        {parts.map((each) => (
          <button
            key={each.id}
            type="button"
            className={`year-tile year-${each.rows.length > 0 ? each.tone : "plain"}`}
            data-testid={`part-${each.id}`}
            aria-pressed={each.id === part?.id}
            disabled={each.rows.length === 0}
            onClick={() => setWanted(each.id)}
          >
            <strong>{each.rows.length}</strong>
            <span>{t(each.words)}</span>
          </button>
        ))}
      </div>
      {mend && <p className="error">{t("import.mend")}</p>}
      {notes.map((each) => (
        <p key={each} className="explain">
          {sheetSentence(each)}
        </p>
      ))}
      {part && (
        <Table
          key={part.id}
          label={t(part.words)}
          rows={part.rows}
          columns={columns}
          idOf={(each) => each.id}
          testId={`row-${part.id}`}
        />
      )}
    </section>
  );
}
