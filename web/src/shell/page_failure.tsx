import { Component, type ReactNode } from "react";
import { t } from "../i18n/words";

interface State {
  error: Error | null;
}

// A page that cannot be loaded, or that fails, is said; the navigation goes on working.
export class PageFailure extends Component<{ children: ReactNode }, State> {
  state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="page">
        <div role="alert" className="error">
          <p>{t("page.failed")}</p>
          <p>{this.state.error.message}</p>
        </div>
        <p>
          <button type="button" className="button" onClick={() => location.reload()}>
            <span>{t("act.reload")}</span>
          </button>
        </p>
      </div>
    );
  }
}
