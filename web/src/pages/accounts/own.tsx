import { useState, type FormEvent } from "react";
import * as api from "../../api/answers";
import { server } from "../../api/client";
import { messageOf } from "../../api/problem";
import { stale } from "../../api/queries";
import { Badge } from "../../design/badge";
import { Button } from "../../design/button";
import { Card } from "../../design/card";
import { ErrorMessage } from "../../design/error_message";
import { TextField } from "../../design/text_field";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import { useUser } from "../../shell/session";
import { clock } from "../../words";
import { roleExplained, roleWords } from "./roles";

// One's own account: who one is here, the password, and where one is signed in.
export function Own() {
  const { name, username, role, sections } = useUser();
  return (
    <div className="page own">
      <Card title={name}>
        <p className="soft">
          {username} · {t(roleWords[role])}
          {sections.length > 0 && ` · ${sections.join(", ")}`}
        </p>
        <p className="soft">{t(roleExplained[role])}</p>
      </Card>
      <OwnPassword />
      <Sessions />
    </div>
  );
}

function OwnPassword() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState("");
  const [pending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (next !== again) return setError(t("password.not_same"));
    setPending(true);
    setError("");
    try {
      await api.changePassword(current, next);
      for (const empty of [setCurrent, setNext, setAgain]) empty("");
      toast(t("accounts.password_changed"));
      await stale("/api/auth/sessions");
    } catch (failure) {
      setError(messageOf(failure));
    }
    setPending(false);
  };
  return (
    <Card title={t("accounts.change_password")}>
      <form className="dialog-body own-password" onSubmit={submit} data-testid="own-password">
        <TextField
          label={t("accounts.current_password")}
          type="password"
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
        />
        <TextField
          label={t("password.new")}
          type="password"
          autoComplete="new-password"
          value={next}
          onChange={setNext}
        />
        <TextField
          label={t("password.again")}
          type="password"
          autoComplete="new-password"
          value={again}
          onChange={setAgain}
        />
        <p className="error" role="alert">
          {error}
        </p>
        <Button tone="main" type="submit" isPending={pending}>
          {t("password.set")}
        </Button>
      </form>
    </Card>
  );
}

function Sessions() {
  const { state } = useSchool();
  const { data, error, refetch } = server.useQuery("get", "/api/auth/sessions");
  const end = server.useMutation("delete", "/api/auth/sessions/{id}", {
    onSuccess: ({ ended }) => {
      toast(t("accounts.sessions_ended", { count: ended }));
      void stale("/api/auth/sessions");
    },
  });
  const sessions = data?.data ?? [];
  const endOne = (id: string) => end.mutate({ params: { path: { id } } });
  return (
    <Card
      title={t("accounts.sessions")}
      actions={
        sessions.length > 1 && (
          <Button onPress={() => endOne("others")}>{t("accounts.end_others")}</Button>
        )
      }
    >
      <p className="explain">{t("accounts.sessions_explain")}</p>
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      <ul className="rows">
        {sessions.map((each) => (
          <li key={each.id} data-testid="session">
            <span className="who">
              <strong>
                {t("accounts.session_since", { when: clock(each.created, state.day) })}
              </strong>
              <small>
                {t("accounts.session_seen", { when: clock(each.last_seen, state.day) })}
              </small>
            </span>
            <span className="day-of">
              {each.current ? (
                <Badge tone="good">{t("accounts.session_here")}</Badge>
              ) : (
                <Button onPress={() => endOne(each.id)}>{t("accounts.session_end")}</Button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
