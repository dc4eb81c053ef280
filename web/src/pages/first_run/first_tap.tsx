import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import { refusalText } from "../../words";

// A card that nobody knows is no failure here: it shows that the gate reads, and it can be claimed.
export function FirstTap({ began }: { began: number }) {
  const { state } = useSchool();
  const refused = state.refusals.find((each) => Date.parse(each.timestamp) > began - 600_000);
  return (
    <>
      <p className="soft">{t("guide.tap_explain")}</p>
      {refused && (
        <p className="warning-line" role="status" data-testid="first-refusal">
          {t("guide.tap_refused", { why: refusalText(refused), card: refused.nfc_id })}
        </p>
      )}
    </>
  );
}
