import { useMemo, useState } from "react";
import { server } from "../../api/client";
import { SectionFilter } from "../../components/section_filter";
import { learnerColumns } from "../../components/learner_columns";
import { Button } from "../../design/button";
import { EmptyState } from "../../design/empty_state";
import { ErrorMessage } from "../../design/error_message";
import { Menu } from "../../design/menu";
import { SearchField } from "../../design/search_field";
import { Table, type Column } from "../../design/table";
import { t } from "../../i18n/words";
import { plain } from "../../search";
import { longDay } from "../../words";
import type { Said, Who } from "./marks";
import { usePending } from "./use_marking";

interface Props {
  day: string;
  onAsk: (people: Who[], status: Said) => void;
}

interface Row extends Who {
  number: string;
  grade: string;
}

// Who has not tapped, to be excused, absent or here all the same: one, some, or a whole section.
export function Waiting({ day, onAsk }: Props) {
  const { data, error, refetch } = usePending(day);
  const [section, setSection] = useState("");
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(
    () =>
      (data?.data ?? []).flatMap((each) =>
        each.students.map((student) => ({
          nfc_id: student.nfc_id,
          name: student.name,
          number: student.tamtap_id,
          grade: student.grade,
          section: each.section,
        })),
      ),
    [data],
  );
  const words = plain(search).split(/\s+/).filter(Boolean);
  const found = rows.filter((each) => {
    const text = plain(`${each.name} ${each.section} ${each.number}`);
    return (section === "" || each.section === section) && words.every((w) => text.includes(w));
  });
  const searched = words.length > 0 || section === "";
  const ticked = found.filter((each) => chosen.has(each.nfc_id));
  const ask = (people: Who[], status: Said) => {
    onAsk(people, status);
    setChosen(new Set());
  };
  if (data === undefined) return <ErrorMessage error={error} onRetry={() => void refetch()} />;
  if (rows.length === 0) return <NobodyWaits day={day} />;
  return (
    <>
      <div className="headline">
        <p className="explain">{t("corrections.waiting_explain", { count: rows.length })}</p>
        <SearchField
          label={t("search.label")}
          value={search}
          placeholder={t("people.search")}
          onChange={setSearch}
        />
        <SectionFilter
          sections={data.data.map((each) => each.section)}
          value={section}
          onChange={setSection}
        />
      </div>
      <section className="card" aria-label={t("corrections.waiting")}>
        <Table
          label={t("corrections.waiting")}
          rows={found}
          idOf={(each) => each.nfc_id}
          nameOf={(each) => each.name}
          columns={columnsOf(ask)}
          sorting={{ column: "name", down: false }}
          selected={chosen}
          onSelect={setChosen}
          onPress={(row) => ask([row], "excused")}
          testId="waiting"
          empty={
            <p className="nothing">
              {t(searched ? "search.nobody" : "corrections.section_settled", { section })}
            </p>
          }
        />
      </section>
      {ticked.length > 0 && (
        <div className="chosen-bar" role="group" aria-label={t("corrections.chosen_actions")}>
          <strong aria-live="polite">{t("corrections.chosen", { count: ticked.length })}</strong>
          <Button tone="main" onPress={() => ask(ticked, "excused")}>
            {t("corrections.excuse")}
          </Button>
          <Button onPress={() => ask(ticked, "absent")}>{t("corrections.absent")}</Button>
          <Button onPress={() => ask(ticked, "present")}>{t("corrections.present")}</Button>
          <Button tone="quiet" onPress={() => setChosen(new Set())}>
            {t("corrections.choose_none")}
          </Button>
        </div>
      )}
    </>
  );
}

function NobodyWaits({ day }: { day: string }) {
  const { data } = server.useQuery("get", "/api/calendar/status", {
    params: { query: { date: day } },
  });
  return (
    <section className="card">
      {data && !data.isInstructional ? (
        <EmptyState icon="calendar" title={t("corrections.no_classes")}>
          {t("corrections.no_classes_explain", {
            day: longDay(day),
            why: data.reason || data.label,
          })}
        </EmptyState>
      ) : (
        <EmptyState icon="check" title={t("corrections.nobody_waits")}>
          {t("corrections.nobody_waits_explain")}
        </EmptyState>
      )}
    </section>
  );
}

const columnsOf = (ask: (people: Who[], status: Said) => void): Column<Row>[] => [
  ...learnerColumns<Row>(),
  {
    id: "number",
    words: t("people.number"),
    wide: true,
    sort: (each) => each.number,
    cell: (each) => each.number,
  },
  {
    id: "act",
    words: t("corrections.correct"),
    end: true,
    cell: (each) => (
      <Menu
        iconOnly
        words={t("corrections.correct_one", { name: each.name })}
        items={[
          {
            id: "excuse",
            words: t("corrections.excuse"),
            onAction: () => ask([each], "excused"),
          },
          { id: "absent", words: t("corrections.absent"), onAction: () => ask([each], "absent") },
          {
            id: "present",
            words: t("corrections.present"),
            onAction: () => ask([each], "present"),
          },
        ]}
      />
    ),
  },
];
