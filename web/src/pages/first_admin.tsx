// The first administrator, by the link that a server prints at its first start.
import { useLocation } from "wouter";
import * as api from "../api/answers";
import { PasswordForm } from "../components/password_form";
import { t } from "../i18n/words";
import type { User } from "../types";

export default function FirstAdmin({
  token,
  onSignedIn,
}: {
  token: string;
  onSignedIn: (user: User) => void;
}) {
  const [, go] = useLocation();
  return (
    <PasswordForm
      title={t("first.title")}
      words={t("first.explain")}
      label={t("first.make")}
      send={async (form) => {
        const [name, password] = [String(form.get("username")), String(form.get("password"))];
        await api.firstAdmin(token, name, password);
        onSignedIn(await api.signIn(name, password));
        go("/", { replace: true });
      }}
    >
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
    </PasswordForm>
  );
}
