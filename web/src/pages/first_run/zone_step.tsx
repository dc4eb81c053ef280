import { useMemo, useState } from "react";
import { server } from "../../api/client";
import { stale } from "../../api/queries";
import { Button } from "../../design/button";
import { ComboBox } from "../../design/combo_box";
import { ErrorMessage } from "../../design/error_message";
import { t } from "../../i18n/words";
import { useSchoolTime } from "../../shell/clock";

// The zone that decides which day a tap is of.
export function ZoneStep({ known, onSet }: { known: string; onSet: () => void }) {
  const [zone, setZone] = useState(known);
  const time = useSchoolTime();
  const zones = useMemo(
    () =>
      [...new Set([...Intl.supportedValuesOf("timeZone"), known])]
        .filter((each) => each !== "")
        .sort()
        .map((each) => ({ id: each, words: each.replaceAll("_", " ") })),
    [known],
  );
  const save = server.useMutation("put", "/api/admin/settings/{key}", {
    onSuccess: () => {
      onSet();
      return stale("/api/admin/settings");
    },
    meta: { saysItself: true },
  });
  return (
    <>
      <p className="soft">{t("guide.zone_explain", { time })}</p>
      <div className="guide-row">
        <ComboBox label={t("guide.zone_label")} items={zones} value={zone} onChange={setZone} />
        <Button
          tone="main"
          isPending={save.isPending}
          isDisabled={zone === ""}
          testId="save-zone"
          onPress={() =>
            save.mutate({ params: { path: { key: "timezone" } }, body: { value: zone } })
          }
        >
          {t("guide.zone_save")}
        </Button>
      </div>
      <ErrorMessage error={save.error} />
    </>
  );
}
