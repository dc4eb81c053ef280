// The first columns of a table of students: the name, with the section below it on a phone, and the
// section.
import type { Column } from "../design/table";
import { t } from "../i18n/words";

interface Learner {
  name: string;
  section: string;
}

export const learnerColumns = <Row extends Learner>(): Column<Row>[] => [
  {
    id: "name",
    words: t("people.name"),
    sort: (each) => each.name,
    cell: (each) => (
      <>
        {each.name}
        <small className="narrow">{each.section}</small>
      </>
    ),
  },
  {
    id: "section",
    words: t("section.one"),
    wide: true,
    sort: (each) => each.section,
    cell: (each) => each.section,
  },
];
