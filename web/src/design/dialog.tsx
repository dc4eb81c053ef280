import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
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

const Holding = createContext<(isHeld: boolean) => void>(() => undefined);

// Keeps the dialog around it open meanwhile: what is being sent can't be taken back, and whoever closed
// the dialog would not hear what became of it.
export function useHeldOpen(isHeld: boolean) {
  const hold = useContext(Holding);
  useEffect(() => {
    hold(isHeld);
    return () => hold(false);
  }, [hold, isHeld]);
}

// Is shown while it is rendered: {open && <Dialog onClose={...}>}. Focus goes in, stays, and returns.
export function Dialog(props: Props) {
  const { title, onClose, children, size = "small", alert = false, keepOpen = false } = props;
  const [isHeld, hold] = useState(false);
  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => open || isHeld || onClose()}
      isDismissable={!alert && !keepOpen && !isHeld}
      className="overlay"
    >
      <Modal className={`modal modal-${size}`}>
        <AriaDialog className="dialog" role={alert ? "alertdialog" : "dialog"}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon="close" words={t("act.close")} onPress={onClose} isDisabled={isHeld} />
          </div>
          <Holding.Provider value={hold}>{children}</Holding.Provider>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

// The row of buttons at a dialog's or a form's end.
export const DialogEnd = ({ children }: { children: ReactNode }) => (
  <div className="dialog-end">{children}</div>
);
