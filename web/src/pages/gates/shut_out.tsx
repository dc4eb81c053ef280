import { useState } from "react";
import { client } from "../../api/client";
import { stale } from "../../api/queries";
import { Checkbox } from "../../design/checkbox";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { Preview } from "./preview";

interface Props {
  gate: string;
  today: string;
  onClose: () => void;
}

// A gate that was lost or stolen is shut out; one that lied is also taken out of the attendance.
export default function ShutOut({ gate, today, onClose }: Props) {
  const [voids, setVoids] = useState(false);
  const [since, setSince] = useState(today);
  const confirm = async () => {
    const path = { name: gate };
    await client.DELETE("/api/terminals/{name}", { params: { path } });
    if (voids) {
      await client.POST("/api/terminals/{name}/void", { params: { path }, body: { since } });
    }
    toast(t("gates.is_out", { gate }));
    await stale("/api/terminals", "/api/attendance", "/api/stats");
  };
  return (
    <ConfirmDialog
      title={t("gates.shut_out_ask", { gate })}
      action={t("gates.shut_out")}
      bad
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{t("gates.shut_out_explain")}</p>
      <Checkbox words={t("gates.void_too")} isSelected={voids} onChange={setVoids} />
      {voids && <Preview gate={gate} today={today} since={since} onSince={setSince} />}
    </ConfirmDialog>
  );
}
