import { useState } from "react";
import { useSearchParams } from "wouter";
import { server } from "../api/client";
import { SectionFilter } from "../components/section_filter";
import { Button } from "../design/button";
import { Checkbox } from "../design/checkbox";
import { ErrorMessage } from "../design/error_message";
import { PageHeader } from "../design/page_header";
import { Tabs } from "../design/tabs";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";
import "../styles/reports.css";
import { Downloads } from "./reports/downloads";
import { useFigures, type Figures } from "./reports/figures";
import { LearnersTable } from "./reports/learners_table";
import { NoClasses, Overview } from "./reports/overview";
import { Paper } from "./reports/paper";
import { PeriodChoice, periodText } from "./reports/period_choice";
import { periodOf, type Kind, type Period } from "./reports/period";
import { Register } from "./reports/register";
import { SectionsTable } from "./reports/sections_table";

const kinds: readonly string[] = ["day", "week", "month", "range"];
const isDay = (text: string | null): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "");

// What the address says; without, this month.
function usePeriod(today: string): [Period, (period: Period) => void, string, (s: string) => void] {
  const [asked, setAsked] = useSearchParams();
  const kind = asked.get("of") ?? "";
  const from = asked.get("from");
  const to = asked.get("to");
  const start = isDay(from) ? from : today;
  const period =
    today === ""
      ? { kind: "month" as const, from: "", to: "" }
      : periodOf(kinds.includes(kind) ? (kind as Kind) : "month", start, isDay(to) ? to : start);
  const change = (changes: Record<string, string>) =>
    setAsked((now) => new URLSearchParams({ ...Object.fromEntries(now), ...changes }), {
      replace: true,
    });
  return [
    period,
    (next) => change({ of: next.kind, from: next.from, to: next.to }),
    asked.get("section") ?? "",
    (section) => change({ section }),
  ];
}

// How a day, a month or any time went: to see, to print, to take along.
export default function Reports() {
  const { state } = useSchool();
  const today = state.day;
  const [period, setPeriod, section, setSection] = usePeriod(today);
  const { data: known } = server.useQuery("get", "/api/admin/sections");
  const { data: figures, error, refetch } = useFigures(period, section);
  const [part, setPart] = useState("overview");
  const [withAbsent, setWithAbsent] = useState(true);
  const sections = (known?.data ?? []).map((each) => each.name).filter(Boolean);
  return (
    <div className="page">
      <PageHeader
        title={t("nav.reports")}
        actions={
          <Button icon="print" isDisabled={!figures} onPress={() => print()}>
            {t("reports.print")}
          </Button>
        }
      >
        <SectionFilter sections={sections} value={section} onChange={setSection} />
      </PageHeader>
      {today !== "" && <PeriodChoice period={period} today={today} onChange={setPeriod} />}
      <div className="report-of">
        <h2 aria-live="polite">{today !== "" && periodText(period)}</h2>
        <div className="report-files">
          <Checkbox
            words={t("reports.with_absent")}
            isSelected={withAbsent}
            onChange={setWithAbsent}
          />
          <Downloads
            path="/api/export"
            query={{ from: period.from, to: period.to, section, absent: withAbsent ? "1" : "" }}
            of={t("reports.period_of", {
              of: section || t("section.all"),
              period: today && periodText(period),
            })}
          />
        </div>
      </div>
      <ErrorMessage error={figures ? null : error} onRetry={() => void refetch()} />
      {figures && (
        <Tabs
          label={t("nav.reports")}
          chosen={part}
          onChoose={setPart}
          tabs={tabsOf(figures, period, section, sections, (opened) => {
            setSection(opened);
            setPart("learners");
          })}
        />
      )}
      <Paper figures={figures} period={period} />
    </div>
  );
}

const tabsOf = (
  figures: Figures,
  period: Period,
  section: string,
  sections: string[],
  onOpen: (section: string) => void,
) => [
  {
    id: "overview",
    words: t("reports.overview"),
    content: <Overview figures={figures} />,
  },
  {
    id: "sections",
    words: t("section.many"),
    content: <SectionsTable sections={figures.sections} period={period} onOpen={onOpen} />,
  },
  {
    id: "learners",
    words: t("tile.students"),
    content:
      figures.expected === 0 ? (
        <NoClasses />
      ) : (
        <LearnersTable learners={figures.learners} period={period} />
      ),
  },
  {
    id: "register",
    words: t("reports.register"),
    content: <Register today={figures.today} section={section} sections={sections} />,
  },
];
