import { useQuery } from "@tanstack/react-query";
import { lazy, useDeferredValue, useMemo, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import * as api from "../../api/answers";
import { SectionFilter } from "../../components/section_filter";
import { arrivalFinder } from "../../counts";
import { Button } from "../../design/button";
import { Choice } from "../../design/choice";
import { EmptyState } from "../../design/empty_state";
import { ErrorMessage } from "../../design/error_message";
import { PageHeader } from "../../design/page_header";
import { SearchField } from "../../design/search_field";
import { Table } from "../../design/table";
import { t } from "../../i18n/words";
import { plain } from "../../search";
import { useSchool } from "../../shell/school";
import { useUser } from "../../shell/session";
import type { Student } from "../../types";
import { DayOf, rankOf, tapped, TodayContext } from "./day_of";
import { columnsOf } from "./people_columns";
import { linkTo } from "./links";
import { TeacherTable } from "./teacher_table";

const PersonForm = lazy(() => import("./person_form"));

// Looks for words in any order, in what was made plain once.
function useFound(students: Student[] | undefined, search: string, section: string) {
  const texts = useMemo(
    () =>
      (students ?? []).map((each) =>
        plain(`${each.name} ${each.section} ${each.tamtap_id} ${each.nfc_id}`),
      ),
    [students],
  );
  return useMemo(() => {
    const words = plain(search).split(/\s+/).filter(Boolean);
    return (students ?? []).filter(
      (each, n) =>
        (section === "" || each.section === section) && words.every((w) => texts[n].includes(w)),
    );
  }, [students, texts, search, section]);
}

export function PeopleList() {
  const { state, mark } = useSchool();
  const { admin } = useUser();
  const [, go] = useLocation();
  const [params, setParams] = useSearchParams();
  const [search, setSearch] = useState(params.get("q") ?? "");
  const section = params.get("section") ?? "";
  const show = params.get("show");
  const missing = show === "missing";
  const [adding, setAdding] = useState(false);
  const keep = (name: string, value: string) =>
    setParams(
      (before) => {
        if (value === "") before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true },
    );
  const {
    data: students,
    error,
    refetch,
  } = useQuery({
    queryKey: ["get", "/api/students"],
    queryFn: api.students,
    meta: { saysItself: true },
  });

  const { data: teachers = [] } = useQuery({
    queryKey: ["get", "/api/teachers"],
    queryFn: api.teachers,
    meta: { saysItself: true },
  });
  const foundTeachers = useFound(teachers, useDeferredValue(search), section);

  const find = useMemo(() => arrivalFinder(state.arrivals.values()), [state.arrivals]);
  const found = useFound(students, useDeferredValue(search), section);
  const absent = useMemo(() => found.filter((each) => !tapped(find(each))), [found, find]);
  const wanted = missing ? absent : found;
  const marking = state.day !== "" && (state.summary?.isInstructional ?? false);
  const today = useMemo(
    () => ({ find, onMark: marking ? mark : null, day: state.day }),
    [find, marking, mark, state.day],
  );
  const latest = useRef(find);
  latest.current = find;
  const columns = useMemo(
    () =>
      columnsOf(
        (each) => <DayOf student={each} />,
        (each) => rankOf(latest.current(each)),
      ),
    [],
  );
  const sections = useMemo(
    () => [...new Set(students?.map((each) => each.section))].filter(Boolean).sort(),
    [students],
  );

  return (
    <div className="page">
      <PageHeader
        title={t("nav.people")}
        actions={
          admin && (
            <>
              <Button icon="upload" onPress={() => go("/people/import")}>
                {t("people.import")}
              </Button>
              <Button icon="plus" tone="main" onPress={() => setAdding(true)}>
                {t("people.add")}
              </Button>
            </>
          )
        }
      />
      {students?.length === 0 ? (
        <NobodyYet
          onAdd={admin ? () => setAdding(true) : null}
          onImport={() => go("/people/import")}
        />
      ) : (
        <>
          <div className="filters">
            <SearchField
              label={t("search.label")}
              value={search}
              placeholder={t("people.search")}
              onChange={(text) => {
                setSearch(text);
                keep("q", text);
              }}
            />
            <SectionFilter
              sections={sections}
              value={section}
              onChange={(value) => keep("section", value)}
            />
          </div>
          <Choice
            label={t("people.show")}
            value={show === "teachers" || missing ? show! : "all"}
            options={[
              { value: "all", words: t("people.everyone", { count: found.length }) },
              { value: "missing", words: t("people.without_tap", { count: absent.length }) },
              ...(teachers.length > 0
                ? [
                    {
                      value: "teachers",
                      words: t("people.teachers", { count: foundTeachers.length }),
                    },
                  ]
                : []),
            ]}
            onChange={(value) => keep("show", value === "all" ? "" : value)}
          />
          <ErrorMessage error={students ? null : error} onRetry={() => void refetch()} />
          <section
            className="card"
            aria-label={t("people.list")}
            aria-busy={students === undefined && error === null}
          >
            {students !== undefined && wanted.length === 0 && show !== "teachers" && (
              <p className="nothing">
                {missing && search === "" ? t("people.all_tapped") : t("search.nobody")}
              </p>
            )}
            {show === "teachers" ? (
              <TeacherTable teachers={foundTeachers} />
            ) : (
              <TodayContext value={today}>
                <Table
                  label={t("people.list")}
                  rows={wanted}
                  idOf={(each) => each.nfc_id}
                  sorting={{ column: "name", down: false }}
                  testId="student"
                  columns={columns}
                />
              </TodayContext>
            )}
          </section>
          <p className="sr-only" aria-live="polite">
            {t("people.count", { count: wanted.length })}
          </p>
        </>
      )}
      {adding && (
        <PersonForm
          role={show === "teachers" ? "teacher" : "student"}
          onClose={() => setAdding(false)}
          onDone={(person, role) => {
            setAdding(false);
            go(linkTo(person.nfc_id, role));
          }}
        />
      )}
    </div>
  );
}

interface NobodyProps {
  onAdd: (() => void) | null; // null: the reader may not
  onImport: () => void;
}

const NobodyYet = ({ onAdd, onImport }: NobodyProps) => (
  <section className="card">
    <EmptyState
      icon="students"
      title={t("people.nobody")}
      action={
        onAdd && (
          <div className="headline-actions">
            <Button icon="upload" tone="main" onPress={onImport}>
              {t("people.import")}
            </Button>
            <Button icon="plus" onPress={onAdd}>
              {t("people.add")}
            </Button>
          </div>
        )
      }
    >
      {onAdd ? t("people.nobody_explain") : t("people.nobody_yours")}
    </EmptyState>
  </section>
);
