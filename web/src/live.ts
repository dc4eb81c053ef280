// The live feed: events become changes, and after every (re)connection everything is asked for anew,
// so that nothing that happened in between is missed.
import { io } from "socket.io-client";
import * as api from "./api";
import type { Change } from "./state";
import type { Arrival, Refusal, Terminal } from "./types";

async function load(): Promise<Change> {
  const [today, summary, sections, refusals, terminals] = await Promise.all([
    api.arrivalsOf(),
    api.summary(),
    api.sections(),
    api.refusals(),
    api.terminals(),
  ]);
  return {
    kind: "loaded",
    day: today.date,
    summary,
    arrivals: today.records,
    sections,
    refusals,
    terminals,
  };
}

const reloadEvery = 60_000; // rosters and schedules change without an event

// Returns what ends it.
export function listen(dispatch: (change: Change) => void, signedOut: () => void): () => void {
  const reload = () =>
    load().then(dispatch, (error) => {
      if (error instanceof api.SignedOut) signedOut();
    });
  const socket = io({ withCredentials: true, reconnectionDelayMax: 3000 });
  socket.on("connect", () => {
    dispatch({ kind: "live", live: "live" });
    void reload();
  });
  socket.on("disconnect", (reason) => {
    dispatch({ kind: "live", live: "lost" });
    if (reason === "io server disconnect") void reload(); // the session may have ended
  });
  socket.on("connect_error", (error) => {
    dispatch({ kind: "live", live: "lost" });
    if (error.message === "unauthorised") void reload();
  });
  socket.on("attendance:new", (arrival: Arrival) => dispatch({ kind: "arrival", arrival }));
  socket.on("attendance:fail", (refusal: Refusal) => dispatch({ kind: "refusal", refusal }));
  socket.on("system:status", (status: { terminals: Terminal[] }) =>
    dispatch({ kind: "terminals", terminals: status.terminals }),
  );
  const timer = setInterval(reload, reloadEvery);
  void reload();
  return () => {
    clearInterval(timer);
    socket.disconnect();
  };
}
