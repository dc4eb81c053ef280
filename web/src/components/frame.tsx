import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { follow, type Route } from "../route";
import type { State } from "../state";
import type { Live, User } from "../types";
import { Icon } from "./icons";
import { Mark } from "./mark";

type Page = Route["page"];

const pages = [
  { page: "today", path: "/", words: "Today" },
  { page: "students", path: "/students", words: "Students" },
  { page: "days", path: "/days", words: "Past days" },
  { page: "check", path: "/check", words: "To check" },
] as const;

const liveWords: Record<Live, string> = {
  connecting: "Connecting",
  live: "Live",
  lost: "Not connected",
};

interface Props {
  user: User;
  state: State;
  page: Page;
  toCheck: number; // how many things wait for the judgement of staff
  theme: "light" | "dark";
  wall: boolean;
  onTheme: () => void;
  onWall: () => void;
  onLeave: () => void;
  children: ComponentChildren;
}

export function Frame(props: Props) {
  const { user, state, page, toCheck, theme, wall, onTheme, onWall, onLeave, children } = props;
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/" onClick={follow} aria-label="TamTap, today">
          <Mark />
          <span>TamTap</span>
        </a>
        <nav aria-label="Pages">
          {pages.map((each) => (
            <a
              key={each.page}
              href={each.path}
              aria-current={each.page === page ? "page" : undefined}
              onClick={follow}
            >
              <Icon name={each.page} />
              <span>{each.words}</span>
              {each.page === "check" && toCheck > 0 && (
                <b class="count" data-testid="to-check-count">
                  {toCheck}
                </b>
              )}
            </a>
          ))}
        </nav>
        {wall && <Clock />}
        <span class="live" data-testid="live-state" data-state={state.live} role="status">
          <i aria-hidden="true" />
          {liveWords[state.live]}
        </span>
        <div class="tools">
          <Tool
            icon={theme === "dark" ? "light" : "dark"}
            words={theme === "dark" ? "Light colours" : "Dark colours"}
            onClick={onTheme}
          />
          <Tool
            icon={wall ? "unwall" : "wall"}
            words={wall ? "Leave the wall screen" : "Wall screen"}
            onClick={onWall}
          />
          <Tool icon="leave" words={`Sign out (${user.name})`} onClick={onLeave} />
        </div>
      </header>
      <Notices state={state} />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

interface ToolProps {
  icon: Parameters<typeof Icon>[0]["name"];
  words: string;
  onClick: () => void;
}

function Tool({ icon, words, onClick }: ToolProps) {
  return (
    <button type="button" class="tool" aria-label={words} title={words} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

// What staff should know about the page itself. The region stays, so that its news are spoken.
function Notices({ state }: { state: State }) {
  return (
    <div class="notices" role="alert">
      {state.live === "lost" && (
        <p class="notice" data-testid="live-lost">
          <Icon name="warning" />
          <span>
            <strong>Live connection lost.</strong> Taps are still being recorded at the gates; this
            page catches up by itself.
          </span>
        </p>
      )}
      {state.live !== "lost" && state.trouble !== "" && (
        <p class="notice">
          <Icon name="warning" />
          <span>{state.trouble} Trying again…</span>
        </p>
      )}
      {state.live === "live" && !state.storeAnswers && (
        <p class="notice">
          <Icon name="warning" />
          <span>
            <strong>The database does not answer.</strong> Taps wait safely at the gates until it
            does.
          </span>
        </p>
      )}
    </div>
  );
}

const timeNow = () => new Date().toTimeString().slice(0, 5);

function Clock() {
  const [time, setTime] = useState(timeNow);
  useEffect(() => {
    const timer = setInterval(() => setTime(timeNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <time class="clock">{time}</time>;
}
