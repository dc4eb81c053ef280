import { useEffect } from "react";
import {
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as Region,
} from "react-aria-components";
import { t } from "../i18n/words";
import { Button } from "./button";
import { IconButton } from "./icon_button";
import { drawToasts, type Told } from "./toast";

const queue = new ToastQueue<Told>({ maxVisibleToasts: 3 });
const stays = 6_000; // milliseconds; what went wrong stays until it is closed

export default function ToastRegion() {
  useEffect(
    () =>
      drawToasts((told) => {
        const same = queue.visibleToasts.find((each) => each.content.words === told.words);
        if (same) return; // a server that is away would say it again and again
        queue.add(told, told.tone === "good" ? { timeout: stays } : {});
      }),
    [],
  );
  return (
    <Region queue={queue} className="toasts" aria-label={t("toast.region")}>
      {({ toast }) => (
        <Toast toast={toast} className={`toast toast-${toast.content.tone}`} data-testid="toast">
          <ToastContent>
            <Text slot="title">{toast.content.words}</Text>
          </ToastContent>
          {toast.content.action && (
            <Button
              tone="quiet"
              onPress={() => {
                toast.content.action?.onAction();
                queue.close(toast.key);
              }}
            >
              {toast.content.action.words}
            </Button>
          )}
          <IconButton icon="close" words={t("act.close")} onPress={() => queue.close(toast.key)} />
        </Toast>
      )}
    </Region>
  );
}
