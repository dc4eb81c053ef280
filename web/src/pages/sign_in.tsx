import { useState, type FormEvent } from "react";
import { Link } from "wouter";
import * as api from "../api/answers";
import { server } from "../api/client";
import { Mark } from "../components/mark";
import { messageOf } from "../api/problem";
import { t } from "../i18n/words";
import { LanguageChoice } from "../shell/language_choice";
import type { User } from "../types";

interface Props {
  onSignedIn: (user: User) => void;
  onLanguage: (language: string) => void;
}

export function SignIn({ onSignedIn, onLanguage }: Props) {
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  // Everybody may know whose gate this is: the name is printed over it.
  const { data, isPending } = server.useQuery(
    "get",
    "/api/privacy",
    {},
    { meta: { saysItself: true } },
  );
  const school = data?.school ?? "";

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError("");
    try {
      onSignedIn(await api.signIn(String(form.get("username")), String(form.get("password"))));
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <form data-testid="login-form" onSubmit={submit}>
        <Mark />
        <h1>TamTap</h1>
        {(isPending || school !== "") && (
          <p className="sign-in-school">
            <bdi>{school || "\u00a0"}</bdi>
          </p>
        )}
        <p>{t("sign_in.explain")}</p>
        <label className="field">
          <span>{t("sign_in.name")}</span>
          <input
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus
          />
        </label>
        <label className="field">
          <span>{t("sign_in.password")}</span>
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p className="error" role="alert" data-testid="login-error">
          {error}
        </p>
        <button type="submit" className="primary" disabled={busy}>
          {busy ? t("act.moment") : t("sign_in.do")}
        </button>
        <LanguageChoice onLanguage={onLanguage} />
        <Link href="/privacy" className="soft">
          {t("privacy.link")}
        </Link>
      </form>
    </main>
  );
}
