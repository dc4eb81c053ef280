import { useQuery } from "@tanstack/react-query";
import { messageOf } from "../../api/problem";
import { Badge, type Tone } from "../../design/badge";
import { Button } from "../../design/button";
import { EmptyState } from "../../design/empty_state";
import { ErrorMessage } from "../../design/error_message";
import { useOptimistic } from "../../api/queries";
import { toast } from "../../design/toast";
import { t, type Word } from "../../i18n/words";
import { clock, longDay } from "../../words";
import { marksOf, takeBack, type Mark } from "./marks";
import { refreshMarks } from "./use_marking";
import { Why } from "./why";

const keyOf = (day: string) => ["get", "marks", day];
const askedEvery = 30_000; // milliseconds; other staff mark, too

const tones: Record<string, Tone> = {
  on_time: "good",
  late: "waiting",
  absent: "bad",
  excused: "excused",
};
const words: Record<string, Word> = {
  on_time: "corrections.here",
  late: "corrections.here_late",
  absent: "status.marked_absent",
  excused: "status.excused",
};

// What staff said of a day, who said it and why, and taking it back.
export function Marked({ day, today }: { day: string; today: string }) {
  const queryKey = keyOf(day);
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: () => marksOf(day),
    enabled: day !== "",
    refetchInterval: askedEvery,
    meta: { saysItself: true },
  });
  const { mutate } = useOptimistic<Mark[], Mark>({
    queryKey,
    change: (known, mark) => known.filter((each) => each.nfc_id !== mark.nfc_id),
    saysItself: true,
    send: async (mark) => {
      try {
        await takeBack([mark]);
        toast(t("corrections.taken_back", { count: 1 }));
      } catch (failure) {
        toast(t("corrections.not_taken_back", { why: messageOf(failure) }), "bad");
        throw failure;
      } finally {
        void refreshMarks();
      }
    },
  });
  if (data === undefined) return <ErrorMessage error={error} onRetry={() => void refetch()} />;
  if (data.length === 0) {
    return (
      <section className="card">
        <EmptyState icon="check" title={t("corrections.nothing_marked")}>
          {t("corrections.nothing_marked_explain", { day: longDay(day) })}
        </EmptyState>
      </section>
    );
  }
  return (
    <section className="card" aria-label={t("corrections.marked")}>
      <ul className="rows">
        {data.map((each) => (
          <li key={each.nfc_id} data-testid="marked" data-card={each.nfc_id}>
            <Why mark={each} when={each.at && clock(each.at, today)} />
            <span className="day-of">
              <Badge tone={tones[each.status]}>
                {t(words[each.status] ?? "status.excused")} {each.time}
              </Badge>
              <Button onPress={() => mutate(each)}>
                {t("corrections.take_back")}
                <span className="sr-only">: {each.name}</span>
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
