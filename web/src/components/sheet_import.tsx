// What the imports of sheets share: a file is chosen, the server says what it would change, and only
// then it is asked to.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { messageOf } from "../api/problem";
import { Card } from "../design/card";
import { ErrorMessage } from "../design/error_message";
import { PageHeader } from "../design/page_header";
import { Progress } from "../design/progress";
import { t } from "../i18n/words";
import { Icon } from "./icons";
import { SheetFile } from "./sheet_file";

let chosenFiles = 0; // a file chosen anew is looked at anew, even if its name is the same

// `answers`: what was said besides the file; another answer has it looked at again.
export function useSheetPreview<Report>(
  kind: string,
  send: (file: File, signal: AbortSignal) => Promise<Report>,
  answers: readonly unknown[] = [],
) {
  const [chosen, setChosen] = useState<{ file: File; number: number } | null>(null);
  const preview = useQuery({
    queryKey: ["import", kind, chosen?.number, ...answers],
    queryFn: ({ signal }) => send(chosen!.file, signal),
    enabled: chosen !== null,
    retry: false,
    gcTime: 0,
    staleTime: Infinity,
    meta: { saysItself: true },
  });
  const choose = (file: File | null) =>
    setChosen(file === null ? null : { file, number: ++chosenFiles });
  return { file: chosen?.file ?? null, choose, preview };
}

interface Props {
  back: { href: string; words: string };
  title: string;
  explain: string; // the columns
  example?: { csv: string; name: string }; // to be filled in
  file: File | null;
  choose: (file: File | null) => void;
  preview: UseQueryResult<unknown>;
  children: ReactNode; // what would change, and the button that does it
}

export const SheetImport = ({
  back,
  title,
  explain,
  example,
  file,
  choose,
  preview,
  children,
}: Props) => (
  <div className="page">
    <Link href={back.href} className="back-link">
      <Icon name="back" />
      {back.words}
    </Link>
    <PageHeader title={title} />
    <Card label={t("import.file")}>
      <SheetFile file={file} explain={explain} onChoose={choose} />
      {example && (
        <a
          className="template-link"
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(example.csv)}`}
          download={example.name}
        >
          {t("import.template")}
        </a>
      )}
    </Card>
    {preview.isFetching && (
      <Card label={t("import.looking")}>
        <Progress words={t("import.looking")} onCancel={() => choose(null)} />
      </Card>
    )}
    {preview.error && (
      <ErrorMessage
        error={new Error(messageOf(preview.error))}
        onRetry={() => void preview.refetch()}
      />
    )}
    {children}
  </div>
);
