import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Column } from "../../design/table";
import { t } from "../../i18n/words";
import type { Student } from "../../types";
import { linkTo } from "./links";
import type { Role } from "./person";

// They stay the same while people tap, so that ten thousand rows are not sorted anew with every tap.
// `rankOf` is asked when they are sorted by how their day is.
export const columnsOf = (
  dayOf: (student: Student) => ReactNode,
  rankOf: (student: Student) => number,
  role: Role = "student",
): Column<Student>[] => [
  {
    id: "name",
    words: t("people.name"),
    sort: (each) => each.name,
    cell: (each) => (
      <>
        <Link href={linkTo(each.nfc_id, role)} className="table-open">
          <bdi>{each.name}</bdi>
        </Link>
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
  {
    id: "grade",
    words: t("people.grade"),
    wide: true,
    sort: (each) => each.grade,
    cell: (each) => each.grade,
  },
  {
    id: "number",
    words: t("people.number"),
    wide: true,
    sort: (each) => each.tamtap_id,
    cell: (each) => each.tamtap_id,
  },
  { id: "today", words: t("nav.today"), end: true, sort: rankOf, cell: dayOf },
];
