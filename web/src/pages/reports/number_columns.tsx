import type { Column } from "../../design/table";
import { t, type Word } from "../../i18n/words";

interface Tally {
  present: number;
  late: number;
  excused: number;
  absent: number;
}

const columns: [keyof Tally, Word][] = [
  ["present", "reports.present"],
  ["late", "reports.late"],
  ["excused", "reports.excused"],
  ["absent", "reports.absent"],
];

// What tables of sections and of students share.
export const numberColumns = <Row extends Tally>(): Column<Row>[] =>
  columns.map(([key, words]) => ({
    id: key,
    words: t(words),
    wide: key !== "absent",
    end: true,
    sort: (each) => each[key],
    cell: (each) => t("reports.number", { value: each[key] }),
  }));
