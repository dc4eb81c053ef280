import { useState, type FormEvent, type ReactNode } from "react";
import { messageOf } from "../api/problem";
import { t } from "../i18n/words";
import { Button } from "./button";
import { DialogEnd, useHeldOpen } from "./dialog";

interface Props {
  children: ReactNode;
  action: string; // the verb on the button that sends it
  // Sends it, and what speaks against it stands above the buttons. Nothing: it can't be sent yet, and
  // the fields say why.
  onSend: (form: HTMLFormElement) => Promise<unknown> | undefined;
  onClose: () => void;
  onRefused?: () => void; // it was sent, and something speaks against it
  isDisabled?: boolean;
  noValidate?: boolean; // the fields say themselves what is missing
  problem?: string; // what else speaks against it
  testId?: string;
  actionTestId?: string;
}

// The form of a dialog. It is sent once, however often the button is pressed, and stays open
// until it is known what became of it.
export function DialogForm({ children, action, onSend, onClose, ...more }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  useHeldOpen(busy);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = busy ? undefined : onSend(event.currentTarget);
    if (sent === undefined) return;
    setBusy(true);
    setError("");
    try {
      await sent;
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
      more.onRefused?.();
    }
  };
  return (
    <form
      className="dialog-body"
      data-testid={more.testId}
      onSubmit={submit}
      aria-busy={busy}
      noValidate={more.noValidate}
    >
      {children}
      <p className="error" role="alert">
        {error || more.problem}
      </p>
      <DialogEnd>
        <Button onPress={onClose} isDisabled={busy}>
          {t("act.cancel")}
        </Button>
        <Button
          type="submit"
          tone="main"
          isPending={busy}
          isDisabled={more.isDisabled}
          testId={more.actionTestId}
        >
          {action}
        </Button>
      </DialogEnd>
    </form>
  );
}
