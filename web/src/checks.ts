// What waits for the judgement of staff, and when it is asked for.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api";
import type { Arrival, RefusedTap, Terminal } from "./types";

export interface Checks {
  unsure: Arrival[]; // newest first
  refused: RefusedTap[];
}

export interface Checking {
  checks: Checks | null; // null until the server answered
  error: string; // why the last question failed; empty when it did not
  refresh: () => Promise<void>;
}

const whileOpen = 30_000;
const whileAsked = 4_000; // a gate that was asked to try again answers within seconds
const otherwise = 300_000;

export const countOf = (checks: Checks | null) =>
  checks === null ? 0 : checks.unsure.length + checks.refused.length;

// Changes when a gate's number of refused taps does.
export const refusedKey = (terminals: Terminal[]) =>
  terminals
    .filter((each) => each.quarantined > 0)
    .map((each) => `${each.name}:${each.quarantined}`)
    .join(" ");

export const newestDayFirst = (taps: Arrival[]) =>
  [...taps].sort(
    (a, b) => b.day.localeCompare(a.day) || b.time.localeCompare(a.time) || (a.id < b.id ? -1 : 1),
  );

export interface GateTaps {
  gate: string;
  taps: RefusedTap[];
  more: number; // which the gate has besides: it names its first ones only
}

export function byGate(refused: RefusedTap[], terminals: Terminal[]): GateTaps[] {
  const gates = [...new Set(refused.map((each) => each.terminal))].sort();
  return gates.map((gate) => {
    const taps = refused.filter((each) => each.terminal === gate);
    const all = terminals.find((each) => each.name === gate)?.quarantined ?? 0;
    return { gate, taps, more: Math.max(0, all - taps.length) };
  });
}

// Asks when the page opens, now and then, and whenever `key` changes.
export function useChecks(key: string, open: boolean, signedOut: () => void): Checking {
  const [checks, setChecks] = useState<Checks | null>(null);
  const [error, setError] = useState("");
  const latest = useRef(0); // of the questions; an answer to an older one is not shown

  const refresh = useCallback(async () => {
    const mine = ++latest.current;
    try {
      const [unsure, refused] = await Promise.all([api.unsureTaps(), api.refusedTaps()]);
      if (mine !== latest.current) return;
      setChecks({ unsure: newestDayFirst(unsure), refused });
      setError("");
    } catch (failure) {
      if (mine !== latest.current) return;
      if (failure instanceof api.SignedOut) return signedOut();
      setError((failure as Error).message);
    }
  }, []);

  const asked = checks?.refused.some((each) => each.requeued) ?? false;
  useEffect(() => {
    void refresh();
  }, [key, open]);
  useEffect(() => {
    const timer = setInterval(refresh, open ? (asked ? whileAsked : whileOpen) : otherwise);
    return () => clearInterval(timer);
  }, [open, asked]);
  useEffect(
    () => () => {
      ++latest.current;
    },
    [],
  );
  return { checks, error, refresh };
}
