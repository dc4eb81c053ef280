import { useCallback, useEffect, useReducer, useState } from "preact/hooks";
import * as api from "./api";
import { countOf, refusedKey, useChecks } from "./checks";
import { Frame } from "./components/frame";
import { Mark } from "./components/mark";
import { listen } from "./live";
import type { MarkStatus } from "./marks";
import { Dashboard } from "./pages/dashboard";
import { PastDays } from "./pages/past_days";
import { SignIn } from "./pages/sign_in";
import { FirstAdmin, SetPassword } from "./pages/set_password";
import { Students } from "./pages/students";
import { ToCheck } from "./pages/to_check";
import { useRoute } from "./route";
import { empty, reduce } from "./state";
import { useTheme } from "./theme";
import type { Student, User } from "./types";
import { useWall } from "./wall";

// Not known yet, nobody, or somebody.
type Who = { known: false } | { known: true; user: User | null };

const retryAfter = 3_000;

function useUser(): [Who, (user: User | null) => void] {
  const [who, setWho] = useState<Who>({ known: false });
  const setUser = useCallback((user: User | null) => setWho({ known: true, user }), []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = () =>
      api.me().then(setUser, (error) => {
        if (error instanceof api.SignedOut) setUser(null);
        else timer = setTimeout(ask, retryAfter); // a server that starts is no reason to sign in
      });
    void ask();
    return () => clearTimeout(timer);
  }, []);
  return [who, setUser];
}

export function App() {
  const [who, setUser] = useUser();
  const [theme, toggleTheme] = useTheme();
  if (!who.known) {
    return (
      <main class="loading">
        <Mark />
        <h1>TamTap</h1>
        <p role="status">One moment…</p>
      </main>
    );
  }
  const token = location.pathname === "/setup" ? location.hash.slice(1) : "";
  if (who.user === null && token !== "") return <FirstAdmin token={token} onSignedIn={setUser} />;
  if (who.user === null) return <SignIn onSignedIn={setUser} />;
  if (who.user.mustChange) return <SetPassword user={who.user} onSet={setUser} />;
  return (
    <SignedIn
      key={who.user.username}
      user={who.user}
      theme={theme}
      onTheme={toggleTheme}
      onLeft={() => setUser(null)}
    />
  );
}

interface Props {
  user: User;
  theme: "light" | "dark";
  onTheme: () => void;
  onLeft: () => void;
}

function SignedIn({ user, theme, onTheme, onLeft }: Props) {
  const [state, dispatch] = useReducer(reduce, empty);
  const [wall, toggleWall] = useWall();
  const route = useRoute();
  useEffect(() => listen(dispatch, onLeft), []);

  const page = wall ? "today" : route.page;
  const checking = useChecks(refusedKey(state.terminals), page === "check", user.admin, onLeft);

  const mark = async (day: string, student: Student, status: MarkStatus) => {
    try {
      const arrival = await api.mark(day, student.nfc_id, status);
      dispatch({ kind: "arrival", arrival });
      return arrival;
    } catch (error) {
      if (error instanceof api.SignedOut) onLeft();
      throw error;
    }
  };
  const leave = () => api.signOut().then(onLeft, onLeft);
  return (
    <Frame
      user={user}
      state={state}
      page={page}
      toCheck={countOf(checking.checks)}
      theme={theme}
      wall={wall}
      onTheme={onTheme}
      onWall={toggleWall}
      onLeave={leave}
    >
      {page === "today" && <Dashboard state={state} wall={wall} admin={user.admin} />}
      {page === "students" && <Students state={state} onMark={mark} />}
      {page === "days" && (
        <PastDays today={state.day} chosen={route.page === "days" ? route.day : ""} onMark={mark} />
      )}
      {page === "check" && <ToCheck checking={checking} today={state.day} admin={user.admin} />}
    </Frame>
  );
}
