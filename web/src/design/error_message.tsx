import { messageOf, SignedOut } from "../api/problem";
import { t } from "../i18n/words";
import { Button } from "./button";

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
            <Button tone="quiet" onPress={onRetry}>
              {t("act.try_again")}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
