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
import type { Terminal } from "../types";
import { useUser } from "./session";

interface School {
  state: State;
  mark: Marker;
  checking: Checking;
  gateName: (gate: string) => string; // what staff call the gate that taps name so
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
  const gateName = useGateNames(state.terminals);
  const school = useMemo(
    () => ({ state, mark, checking, gateName }),
    [state, mark, checking, gateName],
  );
  return <Context.Provider value={school}>{children}</Context.Provider>;
}

// Another function only when a gate has got another name, whatever else gates say.
function useGateNames(terminals: Terminal[]) {
  const named = terminals.filter((each) => each.label !== each.name);
  const key = JSON.stringify(named.map((each) => [each.name, each.label]));
  return useMemo(() => {
    const names = new Map(JSON.parse(key) as [string, string][]);
    return (gate: string) => names.get(gate) ?? gate;
  }, [key]);
}

export function useSchool(): School {
  const school = useContext(Context);
  if (school === null) throw new Error("useSchool is for pages of who is signed in");
  return school;
}
