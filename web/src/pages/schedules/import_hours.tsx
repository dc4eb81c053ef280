import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { server } from "../../api/client";
import { messageOf } from "../../api/problem";
import { sendHours } from "../../api/sheets";
import { Icon } from "../../components/icons";
import { ImportPreview } from "../../components/import_preview";
import { SheetFile } from "../../components/sheet_file";
import { Button } from "../../design/button";
import { Card } from "../../design/card";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { ErrorMessage } from "../../design/error_message";
import { PageHeader } from "../../design/page_header";
import { Progress } from "../../design/progress";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { hoursChanged } from "./hours";
import { partsOf } from "./hours_rows";

let chosenFiles = 0; // a file chosen anew is looked at anew, even if its name is the same

// A sheet of schedules: what it would change is shown first, then it is done, all of it or nothing.
export default function ImportHours() {
  const [, go] = useLocation();
  const [chosen, setChosen] = useState<{ file: File; number: number } | null>(null);
  const [asking, setAsking] = useState(false);
  const { data: example } = server.useQuery("get", "/api/schedules/template");
  const preview = useQuery({
    queryKey: ["import", "hours", chosen?.number],
    queryFn: ({ signal }) => sendHours(chosen!.file, true, signal),
    enabled: chosen !== null,
    retry: false,
    gcTime: 0,
    staleTime: Infinity,
    meta: { saysItself: true },
  });
  const report = preview.data;
  const bad = (report?.left_out ?? []).length > 0;
  const [added, changed] = [report?.new?.length ?? 0, report?.changed?.length ?? 0];

  const run = async () => {
    const { results } = await sendHours(chosen!.file, false);
    await hoursChanged();
    toast(t("hours.imported", { added: results.created, changed: results.updated }));
    go("/schedules");
  };
  return (
    <div className="page">
      <Link href="/schedules" className="back-link">
        <Icon name="back" />
        {t("nav.schedules")}
      </Link>
      <PageHeader title={t("hours.import_title")} />
      <Card label={t("import.file")}>
        <SheetFile
          file={chosen?.file ?? null}
          explain={t("hours.columns")}
          onChoose={(file) => setChosen({ file, number: ++chosenFiles })}
        />
        {example && (
          <a
            className="template-link"
            href={`data:text/csv;charset=utf-8,${encodeURIComponent(example.template.csv)}`}
            download="schedules.csv"
          >
            {t("import.template")}
          </a>
        )}
      </Card>
      {preview.isFetching && (
        <Card label={t("import.looking")}>
          <Progress words={t("import.looking")} onCancel={() => setChosen(null)} />
        </Card>
      )}
      {preview.error && (
        <ErrorMessage
          error={new Error(messageOf(preview.error))}
          onRetry={() => void preview.refetch()}
        />
      )}
      {report && chosen && (
        <>
          <ImportPreview parts={partsOf(report)} notes={report.notes ?? []} mend={bad} />
          <div className={!bad ? "import-end import-ready" : "import-end"}>
            <p role="status">{bad ? t("import.not_ready") : t("import.ready")}</p>
            <Button tone="main" isDisabled={bad} onPress={() => setAsking(true)}>
              {t("import.do")}
            </Button>
          </div>
        </>
      )}
      {asking && (
        <ConfirmDialog
          title={t("import.ask")}
          action={t("import.do")}
          onConfirm={run}
          onClose={() => setAsking(false)}
        >
          <p>{t("hours.ask_explain", { added, changed })}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
