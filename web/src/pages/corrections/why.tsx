import { t } from "../../i18n/words";
import { reasonWords, type Mark } from "./marks";

// Whom it is about, why, and who said so.
export const Why = ({ mark, when }: { mark: Mark; when: string }) => (
  <span className="who">
    <strong>{mark.name}</strong>
    <small>
      {[mark.section, mark.reason && reasonWords(mark.reason), mark.note]
        .filter(Boolean)
        .join(" · ")}
    </small>
    <small>{t("corrections.said_by", { who: mark.by, when })}</small>
  </span>
);
