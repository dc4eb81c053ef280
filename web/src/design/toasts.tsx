import { lazy, Suspense, useSyncExternalStore } from "react";
import { areToasts, whenToasts } from "./toast";

const ToastRegion = lazy(() => import("./toast_region"));

export function Toasts() {
  const any = useSyncExternalStore(whenToasts, areToasts);
  return any ? (
    <Suspense>
      <ToastRegion />
    </Suspense>
  ) : null;
}
