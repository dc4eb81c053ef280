import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import * as api from "../api/answers";
import { client, server } from "../api/client";
import { Button } from "../design/button";
import { EmptyState } from "../design/empty_state";
import { ErrorMessage } from "../design/error_message";
import { PageHeader } from "../design/page_header";
import { SearchField } from "../design/search_field";
import { Select } from "../design/select";
import { Table, type Column } from "../design/table";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";
import "../styles/audit.css";
import { clock } from "../words";
import { deedText } from "./audit/deeds";
import { filters, queryOf, type Asked, type Filter } from "./audit/filters";

const atOnce = 200; // entries a page

const ask = async (asked: Asked, after: string | null) => {
  const query = { ...queryOf(asked), limit: atOnce, ...(after === null ? {} : { after }) };
  return (await client.GET("/api/audit", { params: { query } })).data!;
};

type Entry = Awaited<ReturnType<typeof ask>>["data"][number];

const useTrail = (asked: Asked) =>
  useInfiniteQuery({
    queryKey: ["get", "/api/audit", asked],
    queryFn: ({ pageParam }) => ask(asked, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
    meta: { saysItself: true },
  });

// The trail names people by what they are known by for good; a page names them by their names.
function useNames() {
  const { data } = useQuery({
    queryKey: ["get", "/api/students"],
    queryFn: api.students,
    staleTime: 300_000,
    meta: { saysItself: true },
  });
  return useMemo(() => new Map(data?.map((each) => [each.nfc_id, each.name])), [data]);
}

// Who did what, when: it is only ever added to.
export default function Audit() {
  const { state } = useSchool();
  const [asked, setAsked] = useState<Asked>({});
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTrail(
    useDeferredValue(asked),
  );
  const names = useNames();
  const entries = data?.pages.flatMap((each) => each.data) ?? [];
  return (
    <div className="page">
      <PageHeader title={t("nav.audit")}>
        {filters.map((each) => (
          <FilterField
            key={each.param}
            filter={each}
            value={asked[each.param] ?? ""}
            onChange={(value) => setAsked({ ...asked, [each.param]: value })}
          />
        ))}
      </PageHeader>
      <p className="explain">{t("audit.explain")}</p>
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      {data && (
        <section className="card" aria-label={t("nav.audit")}>
          <Table
            label={t("nav.audit")}
            rows={entries}
            idOf={(each) => String(each.id)}
            columns={columnsOf(state.day, names)}
            testId="entry"
            empty={
              <EmptyState icon="audit" title={t("audit.empty")}>
                {t("audit.empty_explain")}
              </EmptyState>
            }
          />
          {hasNextPage && (
            <Button isPending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
              {t("audit.more")}
            </Button>
          )}
        </section>
      )}
    </div>
  );
}

interface FieldProps {
  filter: Filter;
  value: string;
  onChange: (value: string) => void;
}

function FilterField({ filter, value, onChange }: FieldProps) {
  if (filter.kind === "account") return <AccountFilter {...{ filter, value, onChange }} />;
  return (
    <SearchField
      label={t(filter.words)}
      value={value}
      placeholder={t(filter.placeholder)}
      onChange={onChange}
    />
  );
}

function AccountFilter({ filter, value, onChange }: FieldProps) {
  const { data } = server.useQuery("get", "/api/admin/teachers");
  return (
    <Select
      label={t(filter.words)}
      testId={`audit-${filter.param}`}
      value={value}
      options={[
        { value: "", words: t(filter.placeholder) },
        ...(data?.data ?? []).map((each) => ({ value: each.username, words: each.name })),
      ]}
      onChange={onChange}
    />
  );
}

const columnsOf = (today: string, names: Map<string, string>): Column<Entry>[] => [
  {
    id: "at",
    words: t("audit.when"),
    cell: (each) => (
      <>
        <time dateTime={each.at}>{clock(each.at, today)}</time>
        <small className="narrow">{each.who}</small>
      </>
    ),
  },
  { id: "who", words: t("audit.who"), wide: true, cell: (each) => each.who },
  {
    id: "what",
    words: t("audit.what"),
    cell: (each) => (
      <>
        {deedText(each.what)}
        <small className="narrow">{names.get(each.whom) ?? each.whom}</small>
      </>
    ),
  },
  {
    id: "whom",
    words: t("audit.whom"),
    wide: true,
    cell: (each) => names.get(each.whom) ?? each.whom,
  },
  {
    id: "detail",
    words: t("audit.detail"),
    end: true,
    cell: (each) => <span className="soft">{each.detail}</span>,
  },
];
