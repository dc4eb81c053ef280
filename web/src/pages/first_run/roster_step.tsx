import { useMutation } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { stale } from "../../api/queries";
import { Button } from "../../design/button";
import { ErrorMessage } from "../../design/error_message";
import { Progress } from "../../design/progress";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";

interface Report {
  new: unknown[];
  guardians?: unknown[]; // people with guardians who have asked to be told
  notes?: string[];
  left_out: { line: number; why: string }[];
}

const mostBad = 5; // lines that are shown

async function send(file: File, dryRun: boolean): Promise<Report> {
  const query = dryRun ? "?dry_run=1" : "";
  const answer = await ask(new URL(`/api/admin/students/bulk${query}`, location.origin), {
    method: "POST",
    headers: { "Content-Type": file.type || "application/octet-stream" },
    body: await file.arrayBuffer(),
  });
  return (await answer.json()) as Report;
}

// A spreadsheet of people: looked at first, and then taken as a whole.
export function RosterStep() {
  const look = useMutation({
    mutationFn: async (file: File) => ({ file, report: await send(file, true) }),
    meta: { saysItself: true },
  });
  const take = useMutation({
    mutationFn: (file: File) => send(file, false),
    onSuccess: (report) => {
      toast(t("guide.imported", { count: report.new.length }));
      document.dispatchEvent(new Event("visibilitychange")); // the figures are asked for anew
      void stale("/api/students", "/api/stats");
    },
    meta: { saysItself: true },
  });
  const report = look.data?.report;
  return (
    <>
      <p className="soft">{t("guide.roster_explain")}</p>
      <p>
        <code>nfc_id, first_name, last_name, grade, section</code>
      </p>
      <label className="button file-button">
        <span>{t("guide.choose_file")}</span>
        <input
          type="file"
          className="sr-only"
          accept=".csv,.xlsx,.txt,.tsv"
          data-testid="roster-file"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) look.mutate(file);
            event.currentTarget.value = "";
          }}
        />
      </label>
      {(look.isPending || take.isPending) && (
        <Progress words={t(look.isPending ? "guide.reading" : "guide.importing")} />
      )}
      <ErrorMessage error={look.error ?? take.error} />
      {look.data && report && (
        <div className="guide-report" role="status" data-testid="roster-report">
          <p>
            <strong>{look.data.file.name}</strong>:{" "}
            {t("guide.would_add", { count: report.new.length })}{" "}
            {(report.guardians?.length ?? 0) > 0 &&
              t("guide.would_tell", { count: report.guardians!.length })}
          </p>
          {report.notes?.map((each) => (
            <p key={each} className="soft">
              {each}
            </p>
          ))}
          {report.left_out.length > 0 && (
            <>
              <p className="warning">{t("guide.bad_lines", { count: report.left_out.length })}</p>
              <ul className="guide-bad">
                {report.left_out.slice(0, mostBad).map((each) => (
                  <li key={each.line}>{t("guide.bad_line", { line: each.line, why: each.why })}</li>
                ))}
              </ul>
            </>
          )}
          {report.left_out.length === 0 && report.new.length > 0 && (
            <Button
              tone="main"
              isPending={take.isPending}
              testId="roster-import"
              onPress={() => take.mutate(look.data.file)}
            >
              {t("guide.import", { count: report.new.length })}
            </Button>
          )}
        </div>
      )}
    </>
  );
}
