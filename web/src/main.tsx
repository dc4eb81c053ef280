import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { queryClient } from "./api/queries";
import { App } from "./app";
import { startLanguage } from "./i18n/language";
import { prefix, within } from "./place";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/panels.css";
import "./styles/figures.css";
import "./styles/dashboard.css";
import "./styles/pages.css";
import "./styles/staff.css";
import "./styles/controls.css";
import "./styles/overlays.css";
import "./styles/shell.css";

// Most begin with Today, and it need not wait until it is known who they are.
if (within(location.pathname) === "/") void import("./pages/today");

void startLanguage().then(() =>
  createRoot(document.getElementById("app")!).render(
    <QueryClientProvider client={queryClient}>
      <Router base={prefix}>
        <App />
      </Router>
    </QueryClientProvider>,
  ),
);

// Only where the page came by TLS, or from this very machine, does a browser allow it.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(`${prefix}/service-worker.js`).catch((error: Error) => {
    console.warn(`The pages are not kept on this device: ${error.message}`);
  });
}
