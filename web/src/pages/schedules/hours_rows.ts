// The report of an import of schedules as rows. Pure.
import type { HoursReport } from "../../api/sheets";
import { changesText, type Part, type Row } from "../../components/import_rows";
import { sheetSentence } from "../../components/sheet_sentences";

type Planned = NonNullable<HoursReport["new"]>[number];

const rowOf = (each: Planned): Row => ({
  id: String(each.line),
  line: each.line,
  who: each.section,
  section: "",
  what: changesText(each.changes),
});

export const partsOf = (report: HoursReport): Part[] => [
  {
    id: "left_out",
    words: "import.left_out",
    tone: "bad",
    rows: (report.left_out ?? []).map(({ line, why }, n) => ({
      id: `${line} ${n}`,
      line,
      who: sheetSentence(why),
      section: "",
      what: "",
    })),
  },
  { id: "new", words: "import.new", tone: "good", rows: (report.new ?? []).map(rowOf) },
  { id: "changed", words: "import.changed", tone: "late", rows: (report.changed ?? []).map(rowOf) },
  {
    id: "unchanged",
    words: "import.unchanged",
    tone: "plain",
    rows: (report.unchanged ?? []).map(rowOf),
  },
  {
    id: "missing",
    words: "import.missing",
    tone: "excused",
    rows: (report.missing ?? []).map((section) => ({
      id: section,
      line: 0,
      who: section,
      section: "",
      what: "",
    })),
  },
];
