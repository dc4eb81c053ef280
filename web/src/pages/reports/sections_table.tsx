import { Table, type Column } from "../../design/table";
import { t } from "../../i18n/words";
import { Downloads } from "./downloads";
import { percent, type SectionFigures } from "./figures";
import { numberColumns } from "./number_columns";
import type { Period } from "./period";

interface Props {
  sections: SectionFigures[];
  period: Period;
  onOpen: (section: string) => void;
}

// A row a section, to compare them and to take each along.
export const SectionsTable = ({ sections, period, onOpen }: Props) => (
  <section className="card" aria-label={t("section.many")}>
    <Table
      label={t("section.many")}
      rows={sections}
      idOf={(each) => each.section}
      columns={columnsOf(period)}
      sorting={{ column: "section", down: false }}
      onPress={(each) => onOpen(each.section)}
      testId="report-section"
      empty={<p className="nothing">{t("section.empty")}</p>}
    />
  </section>
);

const columnsOf = ({ from, to }: Period): Column<SectionFigures>[] => [
  {
    id: "section",
    words: t("section.one"),
    sort: (each) => each.section,
    cell: (each) => (
      <>
        {each.section}
        <small className="narrow">{t("people.count", { count: each.learners })}</small>
      </>
    ),
  },
  {
    id: "learners",
    words: t("tile.students"),
    wide: true,
    end: true,
    sort: (each) => each.learners,
    cell: (each) => t("reports.number", { value: each.learners }),
  },
  ...numberColumns<SectionFigures>(),
  {
    id: "rate",
    words: t("reports.rate_short"),
    end: true,
    sort: (each) => each.rate,
    cell: (each) => <b>{percent(each.rate)}</b>,
  },
  {
    id: "files",
    words: t("reports.take_along"),
    wide: true,
    end: true,
    cell: (each) => (
      <Downloads path="/api/export" query={{ from, to, section: each.section }} of={each.section} />
    ),
  },
];
