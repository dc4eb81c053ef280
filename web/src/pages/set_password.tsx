// A password of one's own, when somebody else has set it.
import * as api from "../api/answers";
import { PasswordForm } from "../components/password_form";
import { t } from "../i18n/words";
import type { User } from "../types";

export default function SetPassword({ user, onSet }: { user: User; onSet: (user: User) => void }) {
  return (
    <PasswordForm
      title={t("password.own")}
      words={t("password.own_explain")}
      label={t("password.set")}
      send={async (form) => {
        await api.changePassword(String(form.get("current")), String(form.get("password")));
        onSet({ ...user, mustChange: false });
      }}
    >
      <label className="field">
        <span>{t("password.given")}</span>
        <input name="current" type="password" autoComplete="current-password" required autoFocus />
      </label>
    </PasswordForm>
  );
}
