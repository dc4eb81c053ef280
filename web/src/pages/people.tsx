import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import * as api from "../api/answers";
import { Marking } from "../components/marking";
import { SectionFilter } from "../components/section_filter";
import { arrivalFinder } from "../counts";
import { isMark, type MarkStatus } from "../marks";
import { plain } from "../search";
import { Choice } from "../design/choice";
import { ErrorMessage } from "../design/error_message";
import { SearchField } from "../design/search_field";
import { Table, type Column } from "../design/table";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";
import type { Arrival, Student } from "../types";
import { statusText } from "../words";

export default function People() {
  const { state, mark } = useSchool();
  const {
    data: students,
    error,
    refetch,
  } = useQuery({
    queryKey: ["get", "/api/students"],
    queryFn: api.students,
    meta: { saysItself: true },
  });
  const [search, setSearch] = useState("");
  const [section, setSection] = useState("");
  const [missing, setMissing] = useState(false);

  const find = useMemo(() => arrivalFinder(state.arrivals.values()), [state.arrivals]);
  const found = useMemo(() => {
    const words = plain(search).split(/\s+/).filter(Boolean);
    return (students ?? []).filter((each) => {
      const text = plain(`${each.name} ${each.section} ${each.tamtap_id} ${each.nfc_id}`);
      return (section === "" || each.section === section) && words.every((w) => text.includes(w));
    });
  }, [students, search, section]);
  const absent = found.filter((each) => !tapped(find(each)));
  const wanted = missing ? absent : found;
  const marking = state.day !== "" && (state.summary?.isInstructional ?? false);
  const sections = useMemo(
    () => [...new Set(students?.map((each) => each.section))].filter(Boolean).sort(),
    [students],
  );

  return (
    <div className="page">
      <div className="headline">
        <h1>{t("nav.people")}</h1>
        <SearchField
          label={t("search.label")}
          value={search}
          placeholder={t("people.search")}
          onChange={setSearch}
        />
        <SectionFilter sections={sections} value={section} onChange={setSection} />
      </div>
      <Choice
        label={t("people.show")}
        value={missing ? "missing" : "all"}
        options={[
          { value: "all", words: t("people.everyone", { count: found.length }) },
          { value: "missing", words: t("people.without_tap", { count: absent.length }) },
        ]}
        onChange={(value) => setMissing(value === "missing")}
      />
      <ErrorMessage error={students ? null : error} onRetry={() => void refetch()} />
      <section
        className="card"
        aria-label={t("people.list")}
        aria-busy={students === undefined && error === null}
      >
        {students !== undefined && wanted.length === 0 && (
          <p className="nothing">
            {missing && search === "" ? t("people.all_tapped") : t("search.nobody")}
          </p>
        )}
        <Table
          label={t("people.list")}
          rows={wanted}
          idOf={(each) => each.nfc_id}
          testId="student"
          columns={columnsOf(
            find,
            marking ? (each, status) => mark(state.day, each, status) : null,
          )}
        />
      </section>
      <p className="sr-only" aria-live="polite">
        {t("people.count", { count: wanted.length })}
      </p>
    </div>
  );
}

const tapped = (arrival: Arrival | undefined) => arrival !== undefined && !isMark(arrival);

// `onMark` is null where there are no classes today.
const columnsOf = (
  find: ReturnType<typeof arrivalFinder>,
  onMark: ((student: Student, status: MarkStatus) => Promise<unknown>) | null,
): Column<Student>[] => [
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
  {
    id: "today",
    words: t("nav.today"),
    end: true,
    cell: (each) => <TodayOf student={each} arrival={find(each)} onMark={onMark} />,
  },
];

interface TodayProps {
  student: Student;
  arrival: Arrival | undefined;
  onMark: ((student: Student, status: MarkStatus) => Promise<unknown>) | null;
}

const TodayOf = ({ student, arrival, onMark }: TodayProps) => (
  <span className="day-of">
    {arrival ? (
      <span className={`chip chip-${arrival.status}`}>
        {statusText(arrival)}
        {tapped(arrival) && <b> {arrival.time.slice(0, 5)}</b>}
      </span>
    ) : (
      <span className="soft">{t("tile.not_yet")}</span>
    )}
    {onMark !== null && !tapped(arrival) && (
      <Marking
        name={student.name}
        status={arrival ? (arrival.status as MarkStatus) : null}
        onMark={(status) => onMark(student, status)}
      />
    )}
  </span>
);
