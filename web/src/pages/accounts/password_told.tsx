import { useState } from "react";
import { Button } from "../../design/button";
import { Dialog, DialogEnd } from "../../design/dialog";
import { t } from "../../i18n/words";

interface Props {
  name: string;
  username: string;
  password: string;
  onClose: () => void;
}

// The password that the server has drawn: this is the only time that it can be read.
export function PasswordTold({ name, username, password, onClose }: Props) {
  const [copied, setCopied] = useState(false);
  // Without TLS a browser has no clipboard for pages; the password can be read all the same.
  const copy = () =>
    void navigator.clipboard.writeText(password).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <Dialog title={t("accounts.told_title", { name })} onClose={onClose} alert>
      <p>{t("accounts.told_explain")}</p>
      <dl className="told">
        <dt>{t("sign_in.name")}</dt>
        <dd>{username}</dd>
        <dt>{t("sign_in.password")}</dt>
        <dd data-testid="told-password">{password}</dd>
      </dl>
      <DialogEnd>
        {"clipboard" in navigator && (
          <Button onPress={copy}>{copied ? t("accounts.copied") : t("accounts.copy")}</Button>
        )}
        <Button tone="main" onPress={onClose} autoFocus>
          {t("accounts.told_done")}
        </Button>
      </DialogEnd>
    </Dialog>
  );
}
