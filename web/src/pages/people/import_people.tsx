import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { sendPeople, type PeopleReport, type SameName } from "../../api/sheets";
import { ImportPreview } from "../../components/import_preview";
import { SheetImport, useSheetPreview } from "../../components/sheet_import";
import { Button } from "../../design/button";
import { Card } from "../../design/card";
import { Checkbox } from "../../design/checkbox";
import { Choice } from "../../design/choice";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { Progress } from "../../design/progress";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { inTheWay, partsOf } from "./import_rows";
import { peopleChanged } from "./person";

const template =
  "nfc_id,first_name,last_name,grade,section,lrn,sex,email," +
  "guardian_1_name,guardian_1_mail,guardian_1_phone,guardian_1_language,guardian_1_told\n" +
  "04A2B3C4,Ana,Reyes,7,Narra,136542100123,F,,,,,,\n";

// A sheet of people: what it would change is shown first, then it is done, all of it or nothing.
export default function ImportPeople() {
  const [, go] = useLocation();
  const [sameName, setSameName] = useState<SameName>("");
  const [removeMissing, setRemoveMissing] = useState(false);
  const [asking, setAsking] = useState(false);
  const [running, setRunning] = useState(false);
  const options = { sameName, removeMissing };
  const { file, choose, preview } = useSheetPreview(
    "people",
    (sheet, signal) => sendPeople(sheet, options, true, signal),
    [sameName, removeMissing],
  );
  const report = preview.data;
  const parts = useMemo(() => (report ? partsOf(report) : []), [report]);
  const possible = report !== undefined && !inTheWay(report, sameName);

  const run = async () => {
    setRunning(true);
    const done = await sendPeople(file!, options, false).finally(() => setRunning(false));
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
    <SheetImport
      back={{ href: "/people", words: t("person.all") }}
      title={t("import.title")}
      explain={t("import.columns")}
      example={{ csv: template, name: "people.csv" }}
      file={file}
      choose={choose}
      preview={preview}
    >
      {report && file && (
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
    </SheetImport>
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
