import { useState, type ReactNode } from "react";
import { messageOf } from "../api/problem";
import { t } from "../i18n/words";
import { Button } from "./button";
import { Dialog, DialogEnd, useHeldOpen } from "./dialog";

interface Props {
  title: string; // a question
  children?: ReactNode; // what it will mean
  action: string; // the verb on the button, not "OK"
  bad?: boolean; // cannot be undone
  onConfirm: () => Promise<unknown>; // the dialog closes when it is done, and says why it failed
  onClose: () => void;
}

export function ConfirmDialog(props: Props) {
  return (
    <Dialog title={props.title} onClose={props.onClose} alert>
      <Question {...props} />
    </Dialog>
  );
}

function Question({ children, action, bad = false, onConfirm, onClose }: Props) {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState("");
  useHeldOpen(pending);
  const confirm = async () => {
    setPending(true);
    setError("");
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(messageOf(failure));
      setPending(false);
    }
  };
  return (
    <>
      <div className="dialog-body">
        {children}
        <p className="error" role="alert">
          {error}
        </p>
      </div>
      <DialogEnd>
        <Button onPress={onClose} isDisabled={pending} autoFocus>
          {t("act.cancel")}
        </Button>
        <Button tone={bad ? "bad" : "main"} isPending={pending} onPress={confirm}>
          {action}
        </Button>
      </DialogEnd>
    </>
  );
}
