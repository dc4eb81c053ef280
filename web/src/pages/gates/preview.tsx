import { useQuery } from "@tanstack/react-query";
import { client } from "../../api/client";
import { messageOf } from "../../api/problem";
import { t } from "../../i18n/words";
import { longDay } from "../../words";

interface Props {
  gate: string;
  today: string;
  since: string;
  onSince: (day: string) => void;
}

// What voiding since that day would take out, before it is done.
export function Preview({ gate, today, since, onSince }: Props) {
  const { data, error } = useQuery({
    queryKey: ["post", "/api/terminals/{name}/void", gate, since],
    queryFn: async () => {
      const answer = await client.POST("/api/terminals/{name}/void", {
        params: { path: { name: gate } },
        body: { since, preview: true },
      });
      return answer.data!;
    },
    enabled: since !== "",
    staleTime: 0,
    meta: { saysItself: true },
  });
  return (
    <div className="void-preview">
      <label className="field">
        <span>{t("gates.void_since")}</span>
        <input
          type="date"
          value={since}
          max={today}
          onChange={(event) => onSince(event.currentTarget.value)}
        />
      </label>
      <p role="status" data-testid="void-preview">
        {error !== null
          ? messageOf(error)
          : data === undefined
            ? t("act.moment")
            : t("gates.void_preview", { taps: data.taps, days: data.days, day: longDay(since) })}
      </p>
    </div>
  );
}
