import { messageOf, SignedOut } from "../api/problem";
import { t } from "../i18n/words";

interface Props {
  error: unknown; // as a query or a mutation has it; null: nothing is shown
  onRetry?: () => void;
}

// What the server said, where it matters. The region stays, so that its news are spoken.
export function ErrorMessage({ error, onRetry }: Props) {
  const shown = error && !(error instanceof SignedOut) ? messageOf(error) : "";
  return (
    <div role="alert" className="error-region">
      {shown !== "" && (
        <p className="error">
          <span>{shown}</span>
          {onRetry && (
            <button type="button" className="button button-quiet" onClick={onRetry}>
              <span>{t("act.try_again")}</span>
            </button>
          )}
        </p>
      )}
    </div>
  );
}
