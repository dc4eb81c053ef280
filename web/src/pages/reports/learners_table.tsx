import { useMemo, useState } from "react";
import { learnerColumns } from "../../components/learner_columns";
import { SearchField } from "../../design/search_field";
import { Table, type Column } from "../../design/table";
import { t } from "../../i18n/words";
import { plain } from "../../search";
import { percent, type Learner } from "./figures";
import { LearnerDialog } from "./learner_dialog";
import { numberColumns } from "./number_columns";
import type { Period } from "./period";

// A row a student.
export function LearnersTable({ learners, period }: { learners: Learner[]; period: Period }) {
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Learner | null>(null);
  const found = useMemo(() => {
    const words = plain(search).split(/\s+/).filter(Boolean);
    return learners.filter((each) => {
      const text = plain(`${each.name} ${each.section} ${each.tamtap_id}`);
      return words.every((w) => text.includes(w));
    });
  }, [learners, search]);
  return (
    <section className="card" aria-label={t("tile.students")}>
      <SearchField
        label={t("search.label")}
        value={search}
        placeholder={t("people.search")}
        onChange={setSearch}
      />
      <Table
        label={t("tile.students")}
        rows={found}
        idOf={(each) => each.nfc_id}
        columns={columnsOf()}
        sorting={{ column: "name", down: false }}
        onPress={setOpen}
        testId="report-learner"
        empty={<p className="nothing">{t("search.nobody")}</p>}
      />
      {open && <LearnerDialog learner={open} period={period} onClose={() => setOpen(null)} />}
    </section>
  );
}

const columnsOf = (): Column<Learner>[] => [
  ...learnerColumns<Learner>(),
  ...numberColumns<Learner>(),
  {
    id: "rate",
    words: t("reports.rate_short"),
    end: true,
    sort: (each) => each.rate,
    cell: (each) => <b>{percent(each.rate)}</b>,
  },
];
