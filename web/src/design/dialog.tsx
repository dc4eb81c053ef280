import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { t } from "../i18n/words";
import { IconButton } from "./icon_button";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  size?: "small" | "wide" | "drawer"; // a drawer comes from below on a phone
  alert?: boolean; // a question that must be answered
  keepOpen?: boolean; // a press beside it does not close it: something was typed
}

// Is shown while it is rendered: {open && <Dialog onClose={...}>}. Focus goes in, stays, and returns.
export function Dialog(props: Props) {
  const { title, onClose, children, size = "small", alert = false, keepOpen = false } = props;
  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => open || onClose()}
      isDismissable={!alert && !keepOpen}
      className="overlay"
    >
      <Modal className={`modal modal-${size}`}>
        <AriaDialog className="dialog" role={alert ? "alertdialog" : "dialog"}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon="close" words={t("act.close")} onPress={onClose} />
          </div>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

// The row of buttons at a dialog's or a form's end.
export const DialogEnd = ({ children }: { children: ReactNode }) => (
  <div className="dialog-end">{children}</div>
);
