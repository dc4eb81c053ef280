import { lazy, Suspense, useEffect, useState } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { Route, Switch, useLocation } from "wouter";
import * as api from "./api/answers";
import { messageOf, SignedOut } from "./api/problem";
import { Mark } from "./components/mark";
import { chooseLanguage } from "./i18n/language";
import { currentLanguage, t, withWords } from "./i18n/words";
import { SignIn } from "./pages/sign_in";
import { within } from "./place";
import { Frame } from "./shell/frame";
import { Pages } from "./shell/pages";
import { LiveSchool } from "./shell/school";
import { SessionContext, useWho } from "./shell/session";
import { useTheme } from "./theme";
import { toast } from "./design/toast";
import { Toasts } from "./design/toasts";
import type { User } from "./types";

const FirstAdmin = lazy(() => withWords(() => import("./pages/first_admin")));
const SetPassword = lazy(() => withWords(() => import("./pages/set_password")));
const Wall = lazy(() => withWords(() => import("./pages/wall")));
const Privacy = lazy(() => withWords(() => import("./pages/privacy")));
const Design = lazy(() => withWords(() => import("./pages/design")));

export function App() {
  const [language, setLanguage] = useState(currentLanguage);
  const [theme, toggleTheme] = useTheme();
  const onLanguage = (wanted: string) =>
    void chooseLanguage(wanted).then(() => setLanguage(currentLanguage()));
  const choices = { theme, onTheme: toggleTheme, onLanguage };
  return (
    <I18nProvider locale={language} key={language}>
      <Switch>
        <Route path="/design">
          <Suspense>
            <Design {...choices} />
          </Suspense>
        </Route>
        <Route path="/privacy">
          <Suspense fallback={<Waiting />}>
            <Privacy onLanguage={onLanguage} />
          </Suspense>
        </Route>
        <Route>
          <Suspense fallback={<Waiting />}>
            <School {...choices} />
          </Suspense>
        </Route>
      </Switch>
      <Toasts />
    </I18nProvider>
  );
}

export interface AppChoices {
  theme: "light" | "dark";
  onTheme: () => void;
  onLanguage: (language: string) => void;
}

function School(choices: AppChoices) {
  const [who, setUser] = useWho();
  if (!who.known) return <Waiting />;
  const token = within(location.pathname) === "/setup" ? location.hash.slice(1) : "";
  if (who.user === null && token !== "") return <FirstAdmin token={token} onSignedIn={setUser} />;
  if (who.user === null) {
    return <SignIn onSignedIn={setUser} onLanguage={choices.onLanguage} />;
  }
  if (who.user.mustChange) return <SetPassword user={who.user} onSet={setUser} />;
  return (
    <SignedIn key={who.user.username} {...choices} user={who.user} onLeft={() => setUser(null)} />
  );
}

const Waiting = () => (
  <main className="loading">
    <Mark />
    <h1>TamTap</h1>
    <p role="status">{t("act.moment")}</p>
  </main>
);

function SignedIn({ user, onLeft, ...choices }: AppChoices & { user: User; onLeft: () => void }) {
  const wall = useWall();
  const onLeave = () =>
    void api.signOut().then(onLeft, (error) => {
      // Without the server's word the session goes on, for whoever opens the page next.
      if (error instanceof SignedOut) onLeft();
      else toast(messageOf(error), "bad");
    });
  return (
    <SessionContext.Provider value={user}>
      <LiveSchool>
        {wall ? (
          <Suspense fallback={<Waiting />}>
            <Wall theme={choices.theme} onTheme={choices.onTheme} />
          </Suspense>
        ) : (
          <Frame {...choices} onLeave={onLeave}>
            <Pages />
          </Frame>
        )}
      </LiveSchool>
    </SessionContext.Provider>
  );
}

// The page for a screen in the hall: /wall, and ?wall as it was before.
function useWall(): boolean {
  const [path, go] = useLocation();
  const wall = path === "/wall";
  useEffect(() => {
    if (new URLSearchParams(location.search).has("wall")) go("/wall", { replace: true });
  }, [go]);
  useEffect(() => {
    document.documentElement.classList.toggle("wall", wall);
    if (!wall) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape") go("/");
    };
    addEventListener("keydown", leave);
    return () => {
      removeEventListener("keydown", leave);
      document.documentElement.classList.remove("wall");
    };
  }, [wall, go]);
  return wall;
}
