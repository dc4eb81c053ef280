// A password of one's own: when somebody else has set it, and for the first administrator.
import { useState, type FormEvent, type ReactNode } from "react";
import { Mark } from "./mark";
import { messageOf } from "../api/problem";
import { t } from "../i18n/words";

interface FormProps {
  title: string;
  words: string;
  label: string;
  children: ReactNode;
  send: (form: FormData) => Promise<void>;
}

export function PasswordForm({ title, words, label, children, send }: FormProps) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (form.get("password") !== form.get("again")) {
      setError(t("password.not_same"));
      return;
    }
    setBusy(true);
    setError("");
    try {
      await send(form);
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <form data-testid="password-form" onSubmit={submit}>
        <Mark />
        <h1>{title}</h1>
        <p>{words}</p>
        {children}
        <label className="field">
          <span>{t("password.new")}</span>
          <input name="password" type="password" autoComplete="new-password" required />
        </label>
        <label className="field">
          <span>{t("password.again")}</span>
          <input name="again" type="password" autoComplete="new-password" required />
        </label>
        <p className="error" role="alert" data-testid="password-error">
          {error}
        </p>
        <button type="submit" className="primary" disabled={busy}>
          {busy ? t("act.moment") : label}
        </button>
      </form>
    </main>
  );
}
