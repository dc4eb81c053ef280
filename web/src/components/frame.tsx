import type { ComponentChildren } from "preact";
import type { Live, User } from "../types";

export type Page = "today" | "students" | "past";

const pages: [Page, string][] = [
  ["today", "Today"],
  ["students", "Students"],
  ["past", "Past days"],
];

const liveWords: Record<Live, string> = {
  connecting: "Connecting…",
  live: "Live",
  lost: "Not connected",
};

interface Props {
  user: User;
  live: Live;
  page: Page;
  onPage: (page: Page) => void;
  onLeave: () => void;
  children: ComponentChildren;
}

export function Frame({ user, live, page, onPage, onLeave, children }: Props) {
  return (
    <>
      <header class="top">
        <a class="brand" href="/" aria-label="TamTap, today">
          <img src="/tamaraw.svg" alt="" width="36" height="36" />
          <span>TamTap</span>
        </a>
        <nav aria-label="Pages">
          {pages.map(([id, words]) => (
            <button
              key={id}
              type="button"
              aria-current={id === page ? "page" : undefined}
              onClick={() => onPage(id)}
            >
              {words}
            </button>
          ))}
        </nav>
        <span class={`live live-${live}`} data-testid="live-state" data-state={live} role="status">
          <i aria-hidden="true" />
          {liveWords[live]}
        </span>
        <button type="button" class="leave" onClick={onLeave} title={`Signed in as ${user.name}`}>
          Sign out
        </button>
      </header>
      {live === "lost" && (
        <p class="banner" role="alert">
          Live connection lost. Taps are still being recorded at the gates; this page catches up by
          itself.
        </p>
      )}
      <main>{children}</main>
    </>
  );
}
