// The school as it is live: what pages of the day share. One connection feeds them all.
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useReducer,
  type ReactNode,
} from "react";
import { useLocation } from "wouter";
import * as api from "../api/answers";
import { refusedKey, useChecks, type Checking } from "../checks";
import type { Marker } from "../components/marking";
import { listen } from "../live";
import { empty, reduce, type State } from "../state";
import { useUser } from "./session";

interface School {
  state: State;
  mark: Marker;
  checking: Checking;
}

const Context = createContext<School | null>(null);

export function LiveSchool({ children }: { children: ReactNode }) {
  const { admin } = useUser();
  const [state, dispatch] = useReducer(reduce, empty);
  const [path] = useLocation();
  useEffect(() => listen(dispatch), []);
  const checking = useChecks(refusedKey(state.terminals), path === "/corrections", admin);
  const mark = useCallback<Marker>(async (day, student, status) => {
    const arrival = await api.mark(day, student.nfc_id, status);
    dispatch({ kind: "arrival", arrival });
    return arrival;
  }, []);
  const school = useMemo(() => ({ state, mark, checking }), [state, mark, checking]);
  return <Context.Provider value={school}>{children}</Context.Provider>;
}

export function useSchool(): School {
  const school = useContext(Context);
  if (school === null) throw new Error("useSchool is for pages of who is signed in");
  return school;
}
