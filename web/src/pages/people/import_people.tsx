import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { messageOf } from "../../api/problem";
import { sendPeople, type PeopleReport, type SameName } from "../../api/sheets";
import { Icon } from "../../components/icons";
import { ImportPreview } from "../../components/import_preview";
import { SheetFile } from "../../components/sheet_file";
import { Button } from "../../design/button";
import { Card } from "../../design/card";
import { Checkbox } from "../../design/checkbox";
import { Choice } from "../../design/choice";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { ErrorMessage } from "../../design/error_message";
import { PageHeader } from "../../design/page_header";
import { Progress } from "../../design/progress";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { inTheWay, partsOf } from "./import_rows";
import { peopleChanged } from "./person";

const template =
  "nfc_id,first_name,last_name,grade,section,lrn,sex,email\n04A2B3C4,Ana,Reyes,7,Narra,136542100123,F,\n";

let chosenFiles = 0; // a file chosen anew is looked at anew, even if its name is the same

// A sheet of people: what it would change is shown first, then it is done, all of it or nothing.
export default function ImportPeople() {
  const [, go] = useLocation();
  const [chosen, setChosen] = useState<{ file: File; number: number } | null>(null);
  const [sameName, setSameName] = useState<SameName>("");
  const [removeMissing, setRemoveMissing] = useState(false);
  const [asking, setAsking] = useState(false);
  const [running, setRunning] = useState(false);
  const options = { sameName, removeMissing };
  const preview = useQuery({
    queryKey: ["import", "people", chosen?.number, sameName, removeMissing],
    queryFn: ({ signal }) => sendPeople(chosen!.file, options, true, signal),
    enabled: chosen !== null,
    retry: false,
    gcTime: 0,
    staleTime: Infinity,
    meta: { saysItself: true },
  });
  const report = preview.data;
  const parts = useMemo(() => (report ? partsOf(report) : []), [report]);
  const possible = report !== undefined && !inTheWay(report, sameName);

  const run = async () => {
    setRunning(true);
    const done = await sendPeople(chosen!.file, options, false).finally(() => setRunning(false));
    await peopleChanged();
    toast(
      t("import.done", {
        added: done.new?.length ?? 0,
        changed: (done.changed?.length ?? 0) + (done.replacements?.length ?? 0),
        removed: done.removed?.length ?? 0,
      }),
    );
    go("/people");
  };
  return (
    <div className="page">
      <Link href="/people" className="back-link">
        <Icon name="back" />
        {t("person.all")}
      </Link>
      <PageHeader title={t("import.title")} />
      <Card label={t("import.file")}>
        <SheetFile
          file={chosen?.file ?? null}
          explain={t("import.columns")}
          onChoose={(file) => setChosen({ file, number: ++chosenFiles })}
        />
        <a
          className="template-link"
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(template)}`}
          download="people.csv"
        >
          {t("import.template")}
        </a>
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
          <Questions
            report={report}
            sameName={sameName}
            onSameName={setSameName}
            removeMissing={removeMissing}
            onRemoveMissing={setRemoveMissing}
          />
          <ImportPreview
            parts={parts}
            notes={report.notes ?? []}
            mend={(report.left_out ?? []).length > 0}
          />
          <div className={possible ? "import-end import-ready" : "import-end"}>
            <p role="status">{possible ? t("import.ready") : t("import.not_ready")}</p>
            <Button tone="main" isDisabled={!possible} onPress={() => setAsking(true)}>
              {t("import.do")}
            </Button>
          </div>
        </>
      )}
      {asking && report && (
        <ConfirmDialog
          title={t("import.ask")}
          action={t("import.do")}
          bad={(report.removed?.length ?? 0) > 0}
          onConfirm={run}
          onClose={() => setAsking(false)}
        >
          <p>
            {t("import.ask_explain", {
              added: report.new?.length ?? 0,
              changed: (report.changed?.length ?? 0) + (report.replacements?.length ?? 0),
              removed: report.removed?.length ?? 0,
            })}
          </p>
          {running && <Progress words={t("import.running")} />}
        </ConfirmDialog>
      )}
    </div>
  );
}

interface QuestionProps {
  report: PeopleReport;
  sameName: SameName;
  onSameName: (value: SameName) => void;
  removeMissing: boolean;
  onRemoveMissing: (on: boolean) => void;
}

// What only somebody who knows the people can say.
function Questions(props: QuestionProps) {
  const { report, sameName, onSameName, removeMissing, onRemoveMissing } = props;
  const same = (report.replacements?.length ?? 0) > 0 || sameName !== "";
  const gone = (report.missing ?? []).filter((each) => each.section_in_sheet).length;
  if (!same && gone === 0) return null;
  return (
    <Card title={t("import.questions")}>
      {same && (
        <>
          <p className="explain">{t("import.same_name")}</p>
          <Choice
            label={t("import.same_name")}
            value={sameName}
            options={[
              { value: "replace-card", words: t("import.new_card") },
              { value: "another-person", words: t("import.another") },
            ]}
            onChange={(value) => onSameName(value as SameName)}
          />
        </>
      )}
      {gone > 0 && (
        <Checkbox
          words={t("import.remove", { count: gone })}
          isSelected={removeMissing}
          onChange={onRemoveMissing}
        />
      )}
    </Card>
  );
}
