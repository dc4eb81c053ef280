// What waits for the judgement of staff, and when it is asked for.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import * as api from "./api/answers";
import { messageOf } from "./api/problem";
import type { Arrival, RefusedTap, Terminal } from "./types";

// What a gate had refused.
export interface GateTaps {
  gate: string;
  taps: RefusedTap[];
  more: number; // besides: a gate names its first ones only, and an old one none
}

export interface Checks {
  unsure: Arrival[]; // newest first
  gates: GateTaps[]; // by name, those without a refused tap left out
}

export interface Checking {
  checks: Checks | null; // null until the server answered
  error: string; // why the last question failed; empty when it did not
  refresh: () => Promise<void>;
}

const whileOpen = 30_000;
const whileAsked = 4_000; // a gate that was asked to try again answers within seconds
const otherwise = 300_000;

export const refusedOf = (gate: GateTaps) => gate.taps.length + gate.more;

// A gate whose clock nobody vouches for makes a whole morning unsure: that is one thing to look at.
export const countOf = (checks: Checks | null) =>
  checks === null
    ? 0
    : checks.gates.reduce(
        (sum, each) => sum + refusedOf(each),
        new Set(checks.unsure.map((each) => `${each.terminal} ${each.day}`)).size,
      );

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

// `terminals` are those whose numbers the reader is to know: who sees some sections only is shown
// their taps, and no number that holds others'.
export function byGate(refused: RefusedTap[], terminals: Terminal[]): GateTaps[] {
  const all = new Map(terminals.map((each) => [each.name, each.quarantined]));
  const gates = new Set([...refused.map((each) => each.terminal), ...all.keys()]);
  return [...gates]
    .sort()
    .map((gate) => {
      const taps = refused.filter((each) => each.terminal === gate);
      return { gate, taps, more: Math.max(0, (all.get(gate) ?? 0) - taps.length) };
    })
    .filter((each) => refusedOf(each) > 0);
}

const waits = (checks: Checks | undefined) =>
  checks?.gates.some((gate) => gate.taps.some((each) => each.requeued)) ?? false;

async function ask(admin: boolean): Promise<Checks> {
  const [unsure, refused, terminals] = await Promise.all([
    api.unsureTaps(),
    api.refusedTaps(),
    admin ? api.terminals() : [],
  ]);
  return { unsure: newestDayFirst(unsure), gates: byGate(refused, terminals) };
}

// Asks when the page opens, now and then, and whenever `key` changes.
export function useChecks(key: string, open: boolean, admin: boolean): Checking {
  const { data, error, refetch } = useQuery({
    queryKey: ["get", "/api/quarantine", "checks", admin],
    queryFn: () => ask(admin),
    staleTime: 0,
    retry: false,
    meta: { saysItself: true },
    refetchInterval: (query) =>
      open ? (waits(query.state.data) ? whileAsked : whileOpen) : otherwise,
  });
  const refresh = useCallback(async () => {
    await refetch();
  }, [refetch]);
  useEffect(() => {
    void refetch();
  }, [key, open, refetch]);
  return { checks: data ?? null, error: error === null ? "" : messageOf(error), refresh };
}
