import { useState } from "react";
import { useLocation } from "wouter";
import { server } from "../../api/client";
import { sendHours } from "../../api/sheets";
import { ImportPreview } from "../../components/import_preview";
import { SheetImport, useSheetPreview } from "../../components/sheet_import";
import { Button } from "../../design/button";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { hoursChanged } from "./hours";
import { partsOf } from "./hours_rows";

// A sheet of schedules: what it would change is shown first, then it is done, all of it or nothing.
export default function ImportHours() {
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const { data: example } = server.useQuery("get", "/api/schedules/template");
  const { file, choose, preview } = useSheetPreview("hours", (sheet, signal) =>
    sendHours(sheet, true, signal),
  );
  const report = preview.data;
  const bad = (report?.left_out ?? []).length > 0;
  const [added, changed] = [report?.new?.length ?? 0, report?.changed?.length ?? 0];

  const run = async () => {
    const { results } = await sendHours(file!, false);
    await hoursChanged();
    toast(t("hours.imported", { added: results.created, changed: results.updated }));
    go("/schedules");
  };
  return (
    <SheetImport
      back={{ href: "/schedules", words: t("nav.schedules") }}
      title={t("hours.import_title")}
      explain={t("hours.columns")}
      example={example && { csv: example.template.csv, name: "schedules.csv" }}
      file={file}
      choose={choose}
      preview={preview}
    >
      {report && file && (
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
    </SheetImport>
  );
}
