import { useState } from "react";
import { server } from "../../api/client";
import { stale, useOptimistic } from "../../api/queries";
import { messageOf } from "../../api/problem";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { sendMarks, takeBack, type MarkOf, type Outcome, type Request } from "./marks";

export interface Running {
  percent: number;
  cancel: () => void;
}

type Pending = NonNullable<ReturnType<typeof usePending>["data"]>;

// Who has not tapped on that day, and of whom nobody has said anything.
export const usePending = (day: string) =>
  server.useQuery(
    "get",
    "/api/notifications/pending",
    { params: { query: { date: day } } },
    { enabled: day !== "" },
  );

function without(known: Pending, request: Request): Pending {
  const marked = new Set(request.people.map((each) => each.nfc_id));
  if (known.date < request.from || known.date > request.to) return known;
  const data = known.data
    .map((each) => ({
      ...each,
      students: each.students.filter((student) => !marked.has(student.nfc_id)),
    }))
    .map((each) => ({ ...each, count: each.students.length }))
    .filter((each) => each.count > 0);
  const count = data.reduce((sum, each) => sum + each.count, 0);
  return { ...known, data, count, sections: data.length };
}

// What else is old once days were marked.
export const refreshMarks = () =>
  stale("marks", "/api/attendance", "/api/notifications", "/api/stats", "/api/reports");

async function undo(marks: MarkOf[]) {
  try {
    await takeBack(marks);
    toast(t("corrections.taken_back", { count: marks.length }));
  } catch (failure) {
    toast(t("corrections.not_taken_back", { why: messageOf(failure) }), "bad");
  }
  await refreshMarks();
}

function tell({ done, skipped }: Outcome) {
  const count = new Set(done.map((each) => each.nfc_id)).size;
  const days = new Set(done.map((each) => each.day)).size;
  const words =
    days > 1
      ? t("corrections.marked_days", { count, days })
      : t("corrections.marked_people", { count });
  const more = skipped > 0 ? ` ${t("corrections.skipped", { count: skipped })}` : "";
  const action = { words: t("corrections.undo"), onAction: () => void undo(done) };
  toast(words + more, "good", done.length > 0 ? action : undefined);
}

// Marks are shown at once; those over many days say how far they are, and can be stopped.
export function useMarking(day: string) {
  const [running, setRunning] = useState<Running | null>(null);
  const { queryKey } = server.queryOptions("get", "/api/notifications/pending", {
    params: { query: { date: day } },
  });
  const send = async (request: Request) => {
    const stop = new AbortController();
    const cancel = () => stop.abort();
    const show = (percent: number) => setRunning({ percent, cancel });
    if (request.from !== request.to) show(0);
    try {
      const progress = request.from === request.to ? () => undefined : show;
      tell(await sendMarks(request, progress, stop.signal));
    } finally {
      setRunning(null);
      void refreshMarks();
    }
  };
  const { mutate } = useOptimistic<Pending, Request>({ queryKey, change: without, send });
  return { mark: (request: Request) => mutate(request), running };
}
