import type { ReactNode } from "react";
import { Icon } from "../components/icons";
import { t } from "../i18n/words";
import type { State } from "../state";

// What staff should know about the page itself. The region stays, so that its news are spoken.
export function Notices({ state }: { state: State }) {
  const { live, trouble, storeAnswers } = state;
  return (
    <div className="notices" role="alert">
      {live === "lost" && (
        <Notice testId="live-lost">
          <strong>{t("notice.lost")}</strong> {t("notice.lost_explain")}
        </Notice>
      )}
      {live !== "lost" && trouble !== "" && <Notice>{t("notice.trouble", { trouble })}</Notice>}
      {live === "live" && !storeAnswers && (
        <Notice>
          <strong>{t("notice.store")}</strong> {t("notice.store_explain")}
        </Notice>
      )}
    </div>
  );
}

const Notice = ({ testId, children }: { testId?: string; children: ReactNode }) => (
  <p className="notice" data-testid={testId}>
    <Icon name="warning" />
    <span>{children}</span>
  </p>
);
