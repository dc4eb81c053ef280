import { server } from "../../api/client";
import { Badge, type Tone } from "../../design/badge";
import { Card } from "../../design/card";
import { ErrorMessage } from "../../design/error_message";
import { t, type Word } from "../../i18n/words";
import { dayOfYear } from "../../words";

const most = 40; // rows

const states: Record<string, [Word, Tone]> = {
  waiting: ["outbox.waiting", "waiting"],
  sending: ["outbox.sending", "waiting"],
  sent: ["outbox.sent", "good"],
  failed: ["outbox.failed", "bad"],
  dropped: ["outbox.dropped", "plain"],
};
const kinds: Record<string, Word> = {
  arrival: "guardian.arrival",
  departure: "guardian.departure",
  absence: "guardian.absence",
  staff: "outbox.staff",
};

// What became of words to guardians: the day's numbers, and those that wait or failed, with why.
export function Outbox() {
  const { data, error, refetch } = server.useQuery(
    "get",
    "/api/admin/words",
    { params: { query: { state: "waiting,sending,failed,dropped" } } },
    { refetchInterval: 15_000 },
  );
  if (data && !data.mail && !data.phone && !data.staff && data.messages.length === 0) {
    return (
      <Card title={t("outbox.title")}>
        <p className="soft">{t("outbox.no_way")}</p>
      </Card>
    );
  }
  return (
    <Card title={t("outbox.title")}>
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      {data && (
        <>
          <p data-testid="outbox-today">
            {t("outbox.today", {
              sent: data.today.sent,
              waiting: data.today.waiting + data.today.sending,
              failed: data.today.failed,
              dropped: data.today.dropped,
            })}
          </p>
          {data.held !== "" && <p className="error">{t("outbox.held", { why: data.held })}</p>}
          {data.messages.length === 0 && <p className="nothing">{t("outbox.nothing")}</p>}
          <ul className="rows">
            {data.messages.slice(0, most).map((each) => (
              <li key={each.id} data-testid="outbox-message" data-state={each.state}>
                <span className="who">
                  {each.name === "" ? each.guardian : each.name}
                  <small>
                    {[t(kinds[each.kind]), each.name === "" ? "" : each.guardian, each.detail]
                      .filter(Boolean)
                      .join(" · ")}
                  </small>
                </span>
                <Badge tone={states[each.state][1]}>{t(states[each.state][0])}</Badge>
                <time>
                  {dayOfYear(each.day)} {each.time}
                </time>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
