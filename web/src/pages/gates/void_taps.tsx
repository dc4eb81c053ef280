import { useState } from "react";
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { Preview } from "./preview";

interface Props {
  gate: string; // that was shut out
  today: string;
  onClose: () => void;
}

export default function VoidTaps({ gate, today, onClose }: Props) {
  const [since, setSince] = useState(today);
  const confirm = async () => {
    const { data } = await client.POST("/api/terminals/{name}/void", {
      params: { path: { name: gate } },
      body: { since },
    });
    toast(t("gates.voided", { gate, taps: data?.taps ?? 0 }));
    await stale("/api/terminals", "/api/attendance", "/api/stats");
  };
  return (
    <ConfirmDialog
      title={t("gates.void_ask", { gate })}
      action={t("gates.void")}
      bad
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t("gates.void_explain")}</p>
      <Preview gate={gate} today={today} since={since} onSince={setSince} />
    </ConfirmDialog>
  );
}
