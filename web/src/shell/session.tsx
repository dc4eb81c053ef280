// Who is signed in. Pages read it by useUser(); they are rendered only while somebody is.
import { createContext, useCallback, useContext, useEffect, useState } from "react";
import * as api from "../api/answers";
import { SignedOut } from "../api/problem";
import { queryClient, whenSignedOut } from "../api/queries";
import { loadEarly } from "../live";
import type { User } from "../types";

// Not known yet, nobody, or somebody.
export type Who = { known: false } | { known: true; user: User | null };

const retryAfter = 3_000;

export function useWho(): [Who, (user: User | null) => void] {
  const [who, setWho] = useState<Who>({ known: false });
  const setUser = useCallback((user: User | null) => {
    if (user === null) queryClient.clear(); // the next one may see less
    setWho({ known: true, user });
  }, []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const known = (user: User) => {
      if (!user.mustChange) loadEarly();
      setUser(user);
    };
    const ask = () =>
      api.me().then(known, (error) => {
        if (error instanceof SignedOut) setUser(null);
        else timer = setTimeout(ask, retryAfter); // a server that starts is no reason to sign in
      });
    void ask();
    return () => clearTimeout(timer);
  }, [setUser]);
  useEffect(() => whenSignedOut(() => setUser(null)), [setUser]);
  return [who, setUser];
}

export const SessionContext = createContext<User | null>(null);

export function useUser(): User {
  const user = useContext(SessionContext);
  if (user === null) throw new Error("useUser is for pages of who is signed in");
  return user;
}
