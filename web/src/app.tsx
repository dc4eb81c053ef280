import { useEffect, useState } from "preact/hooks";
import * as api from "./api";
import { Frame, type Page } from "./components/frame";
import { empty, reduce } from "./state";
import { listen } from "./live";
import { Dashboard } from "./pages/dashboard";
import { PastDay } from "./pages/past_day";
import { SignIn } from "./pages/sign_in";
import { Students } from "./pages/students";
import type { User } from "./types";

const wall = new URLSearchParams(location.search).has("wall");

export function App() {
  const [user, setUser] = useState<User | null | undefined>(undefined);
  const [state, setState] = useState(empty);
  const [page, setPage] = useState<Page>("today");

  useEffect(() => {
    document.documentElement.classList.toggle("wall", wall);
    api.me().then(setUser, () => setUser(null));
  }, []);

  useEffect(() => {
    if (!user) return;
    return listen(
      (change) => setState((current) => reduce(current, change)),
      () => setUser(null),
    );
  }, [user]);

  if (user === undefined) return <p class="loading">One moment…</p>;
  if (user === null) return <SignIn onSignedIn={setUser} />;
  const leave = () =>
    api.signOut().finally(() => {
      setState(empty);
      setUser(null);
    });
  return (
    <Frame user={user} live={state.live} page={page} onPage={setPage} onLeave={leave}>
      {page === "today" && <Dashboard state={state} />}
      {page === "students" && <Students state={state} />}
      {page === "past" && <PastDay today={state.day} />}
    </Frame>
  );
}
