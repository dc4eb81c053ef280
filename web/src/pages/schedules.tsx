// The hours of each section at /schedules, and the import at /schedules/import.
import "../styles/people.css";
import "../styles/schedules.css";
import { lazy, useState } from "react";
import { useLocation, useParams } from "wouter";
import { client, server } from "../api/client";
import { Badge } from "../design/badge";
import { Button } from "../design/button";
import { Card } from "../design/card";
import { ConfirmDialog } from "../design/confirm_dialog";
import { EmptyState } from "../design/empty_state";
import { ErrorMessage } from "../design/error_message";
import { PageHeader } from "../design/page_header";
import { SearchField } from "../design/search_field";
import { toast } from "../design/toast";
import { t } from "../i18n/words";
import { plain } from "../search";
import { useUser } from "../shell/session";
import { hoursChanged, type Schedule } from "./schedules/hours";
import { WeekOf } from "./schedules/week";

const HoursForm = lazy(() => import("./schedules/hours_form"));
const CopyHours = lazy(() => import("./schedules/copy_hours"));
const ImportHours = lazy(() => import("./schedules/import_hours"));

export default function Schedules() {
  const { part = "" } = useParams<{ part?: string }>();
  const { admin } = useUser();
  return part === "import" && admin ? <ImportHours /> : <AllHours />;
}

type Open = { what: "edit" | "copy" | "usual"; section: string };

function AllHours() {
  const { admin, role } = useUser();
  const [, go] = useLocation();
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const quiet = { meta: { saysItself: true } };
  const sections = server.useQuery("get", "/api/admin/sections", undefined, quiet);
  const schedules = server.useQuery("get", "/api/schedules", undefined, quiet);
  const bySection = new Map((schedules.data?.data ?? []).map((each) => [each.section, each]));
  const known = schedules.data === undefined ? undefined : sections.data?.data;
  const shown = (known ?? []).filter(({ name }) => plain(name).includes(plain(search)));
  const opened = open ? bySection.get(open.section) : undefined;
  const error = sections.error ?? schedules.error;
  return (
    <div className="page">
      <PageHeader
        title={t("nav.schedules")}
        actions={
          admin && (
            <Button icon="upload" onPress={() => go("/schedules/import")}>
              {t("hours.import")}
            </Button>
          )
        }
      />
      <ErrorMessage error={known ? null : error} onRetry={() => void sections.refetch()} />
      {known?.length === 0 ? (
        <section className="card">
          <EmptyState icon="schedules" title={t("section.empty")}>
            {t("hours.none_explain")}
          </EmptyState>
        </section>
      ) : (
        <div className="filters">
          <SearchField
            label={t("search.label")}
            value={search}
            placeholder={t("section.one")}
            onChange={setSearch}
          />
        </div>
      )}
      {known && known.length > 0 && shown.length === 0 && (
        <p className="card nothing">{t("search.nobody")}</p>
      )}
      <div className="hours-cards">
        {shown.map(({ name, students }) => (
          <SectionHours
            key={name}
            section={name}
            students={students}
            schedule={bySection.get(name)}
            mayEdit={role !== "teacher"}
            admin={admin}
            onOpen={(what) => setOpen({ what, section: name })}
          />
        ))}
      </div>
      {open?.what === "edit" && (
        <HoursForm section={open.section} own={opened !== undefined} onClose={close} />
      )}
      {open?.what === "copy" && opened && (
        <CopyHours
          from={opened}
          sections={(known ?? []).map((each) => each.name).filter((each) => each !== open.section)}
          onClose={close}
        />
      )}
      {open?.what === "usual" && (
        <ConfirmDialog
          title={t("hours.usual_title", { section: open.section })}
          action={t("hours.usual_do")}
          bad
          onClose={close}
          onConfirm={async () => {
            const { section } = open;
            await client.DELETE("/api/schedules/{section}", { params: { path: { section } } });
            void hoursChanged();
            toast(t("hours.changed", { section }));
          }}
        >
          <p>{t("hours.usual_explain")}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

interface SectionProps {
  section: string;
  students: number;
  schedule: Schedule | undefined; // without: the usual hours
  mayEdit: boolean;
  admin: boolean;
  onOpen: (what: Open["what"]) => void;
}

const SectionHours = (props: SectionProps) => {
  const { section, students, schedule, mayEdit, admin, onOpen } = props;
  return (
    <div data-testid="section-hours" data-section={section}>
      <Card
        title={section || t("section.none")}
        actions={<Badge>{t("people.count", { count: students })}</Badge>}
      >
        {schedule ? (
          <>
            <WeekOf schedule={schedule} />
            <p className="soft hours-line">
              {t("hours.line", {
                grace: schedule.grace_period_minutes,
                absent: schedule.absent_threshold_minutes,
              })}
              {schedule.adviser_id !== "" && ` · ${schedule.adviser_id}`}
            </p>
          </>
        ) : (
          <p className="nothing">{t("hours.usual")}</p>
        )}
        {mayEdit && (
          <div className="card-actions">
            <Button icon="edit" onPress={() => onOpen("edit")}>
              {schedule ? t("act.edit") : t("hours.give")}
            </Button>
            {admin && schedule && (
              <>
                <Button onPress={() => onOpen("copy")}>{t("hours.copy")}</Button>
                <Button tone="quiet" onPress={() => onOpen("usual")}>
                  {t("hours.usual_do")}
                </Button>
              </>
            )}
          </div>
        )}
      </Card>
    </div>
  );
};
