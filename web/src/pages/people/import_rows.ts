// The report of an import as rows. Pure.
import type { PeopleReport, SameName } from "../../api/sheets";
import { changesText, type Part, type Row } from "../../components/import_rows";
import { sheetSentence } from "../../components/sheet_sentences";
import { t } from "../../i18n/words";

type Person = NonNullable<PeopleReport["new"]>[number];

const personRow = (each: Person, what: string): Row => ({
  id: `${each.line}`,
  line: each.line,
  who: each.name,
  section: each.section,
  what,
});

// What must be looked at comes first.
export const partsOf = (report: PeopleReport): Part[] => [
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
  {
    id: "replacements",
    words: "import.replacements",
    tone: "late",
    rows: (report.replacements ?? []).map((each) => personRow(each, changesText(each.changes))),
  },
  {
    id: "new",
    words: "import.new",
    tone: "good",
    rows: (report.new ?? []).map((each) => personRow(each, t("card.named", { card: each.nfc_id }))),
  },
  {
    id: "changed",
    words: "import.changed",
    tone: "late",
    rows: (report.changed ?? []).map((each) => personRow(each, changesText(each.changes))),
  },
  {
    id: "guardians",
    words: "guardian.many",
    tone: "good",
    rows: (report.guardians ?? []).map(({ line, name, section, before, after }) => ({
      id: `${line}`,
      line,
      who: name,
      section,
      what: t("import.guardians", { before, after }),
    })),
  },
  {
    id: "unreadable",
    words: "import.unreadable",
    tone: "bad",
    rows: (report.unreadable ?? []).map((each) =>
      personRow(each, t("card.named", { card: each.nfc_id })),
    ),
  },
  {
    id: "missing",
    words: "import.missing",
    tone: "excused",
    rows: (report.missing ?? []).map((each) => ({
      id: each.nfc_id,
      line: 0,
      who: each.name,
      section: each.section,
      what: t("card.named", { card: each.nfc_id }),
    })),
  },
  {
    id: "unchanged",
    words: "import.unchanged",
    tone: "plain",
    rows: (report.unchanged ?? []).map((each) =>
      personRow(each, t("card.named", { card: each.nfc_id })),
    ),
  },
];

// Whether something must be mended or answered before it can be done.
export const inTheWay = (report: PeopleReport, sameName: SameName) =>
  (report.left_out ?? []).length > 0 || ((report.replacements ?? []).length > 0 && sameName === "");
