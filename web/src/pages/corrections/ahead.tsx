import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "../../design/badge";
import { Button } from "../../design/button";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { EmptyState } from "../../design/empty_state";
import { ErrorMessage } from "../../design/error_message";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { clock, shortDay, weekday } from "../../words";
import { absencesOf, marksAhead, takeBack, type Absence } from "./marks";
import { refreshMarks } from "./use_marking";
import { Why } from "./why";

const daysText = ({ days }: Absence) =>
  days.length === 1
    ? `${weekday(days[0])}, ${shortDay(days[0])}`
    : t("corrections.days", {
        count: days.length,
        from: shortDay(days[0]),
        to: shortDay(days.at(-1)!),
      });

// Who is excused on days that are yet to come.
export function Ahead({ today, onAdd }: { today: string; onAdd: () => void }) {
  const [leaving, setLeaving] = useState<Absence | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ["get", "marks", "ahead", today],
    queryFn: () => marksAhead(today),
    enabled: today !== "",
    meta: { saysItself: true },
  });
  const remove = async (absence: Absence) => {
    await takeBack(absence.days.map((day) => ({ day, nfc_id: absence.nfc_id }))).finally(
      refreshMarks,
    );
    toast(t("corrections.taken_back", { count: absence.days.length }));
  };
  if (data === undefined) return <ErrorMessage error={error} onRetry={() => void refetch()} />;
  const absences = absencesOf(data);
  return (
    <section className="card" aria-label={t("corrections.ahead")}>
      {absences.length === 0 ? (
        <EmptyState
          icon="calendar"
          title={t("corrections.nobody_ahead")}
          action={<Button onPress={onAdd}>{t("corrections.add")}</Button>}
        >
          {t("corrections.nobody_ahead_explain")}
        </EmptyState>
      ) : (
        <ul className="rows">
          {absences.map((each) => (
            <li key={`${each.nfc_id} ${each.days[0]} ${each.reason}`} data-testid="ahead">
              <Why mark={each} when={each.at && clock(each.at, today)} />
              <span className="day-of">
                <Badge tone="excused">{daysText(each)}</Badge>
                <Button onPress={() => setLeaving(each)}>
                  {t("corrections.take_back")}
                  <span className="sr-only">: {each.name}</span>
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {leaving && (
        <ConfirmDialog
          title={t("corrections.take_back_ask", { name: leaving.name })}
          action={t("corrections.take_back")}
          onConfirm={() => remove(leaving)}
          onClose={() => setLeaving(null)}
        >
          <p>{daysText(leaving)}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}
