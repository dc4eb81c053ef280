import { lazy, Suspense, useState } from "react";
import { useLocation, useParams } from "wouter";
import { countOf } from "../checks";
import { Button } from "../design/button";
import { DateField } from "../design/date_field";
import { PageHeader } from "../design/page_header";
import { Progress } from "../design/progress";
import { Tabs } from "../design/tabs";
import { t } from "../i18n/words";
import { useSchool } from "../shell/school";
import "../styles/corrections.css";
import { Ahead } from "./corrections/ahead";
import { Marked } from "./corrections/marked";
import type { Said, Who } from "./corrections/marks";
import { ToCheck } from "./corrections/to_check";
import { useMarking, usePending } from "./corrections/use_marking";
import { Waiting } from "./corrections/waiting";

const MarkDialog = lazy(() =>
  import("./corrections/mark_dialog").then((found) => ({ default: found.MarkDialog })),
);

const parts = ["waiting", "marked", "ahead", "check"];

// What staff say of people's days, and what waits for their judgement.
export default function Corrections() {
  const { state, checking } = useSchool();
  const { part = "" } = useParams<{ part?: string }>();
  const [, go] = useLocation();
  const today = state.day;
  const [chosen, setChosen] = useState("");
  const day = chosen || today;
  const [asked, setAsked] = useState<{ people: Who[]; status: Said } | null>(null);
  const { mark, running } = useMarking(day);
  const { data: pending } = usePending(day);
  const checks = countOf(checking.checks);
  const add = () => setAsked({ people: [], status: "excused" });
  return (
    <div className="page">
      <PageHeader
        title={t("nav.corrections")}
        actions={
          <Button tone="main" icon="plus" onPress={add} isDisabled={today === ""}>
            {t("corrections.add")}
          </Button>
        }
      >
        {today !== "" && (
          <DateField
            label={t("days.day")}
            value={day}
            max={today}
            onChange={(next) => next !== "" && next <= today && setChosen(next)}
          />
        )}
      </PageHeader>
      {running && (
        <Progress
          words={t("corrections.running")}
          value={running.percent}
          onCancel={running.cancel}
        />
      )}
      <Tabs
        label={t("nav.corrections")}
        chosen={parts.includes(part) ? part : "waiting"}
        onChoose={(id) => go(id === "waiting" ? "/corrections" : `/corrections/${id}`)}
        tabs={[
          {
            id: "waiting",
            words: t("corrections.waiting_count", { count: pending?.count ?? 0 }),
            content: (
              <div className="page">
                <Waiting
                  key={day}
                  day={day}
                  onAsk={(people, status) => setAsked({ people, status })}
                />
              </div>
            ),
          },
          {
            id: "marked",
            words: t("corrections.marked"),
            content: <Marked day={day} today={today} />,
          },
          {
            id: "ahead",
            words: t("corrections.ahead"),
            content: <Ahead today={today} onAdd={add} />,
          },
          {
            id: "check",
            words: t("corrections.check_count", { count: checks }),
            content: <ToCheck />,
          },
        ]}
      />
      {asked && (
        <Suspense>
          <MarkDialog
            {...asked}
            day={day}
            today={today}
            onSend={mark}
            onClose={() => setAsked(null)}
          />
        </Suspense>
      )}
    </div>
  );
}
