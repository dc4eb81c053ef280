// The live feed: events become changes, and after every (re)connection everything is asked for anew,
// so that nothing that happened in between is missed.
import { io } from "socket.io-client";
import * as api from "./api";
import * as decode from "./decode";
import type { Change, Loaded } from "./state";

const reloadEvery = 60_000; // rosters and schedules change without an event
const firstRetry = 1_000;
const lastRetry = 20_000;

async function load(): Promise<Loaded> {
  const [today, summary, sections, refusals, terminals] = await Promise.all([
    api.today(),
    api.summary(),
    api.sections(),
    api.refusals(),
    api.terminals(),
  ]);
  return { today, summary, sections, refusals, terminals };
}

// Loads now and every minute; sooner after a failure. Answers never overtake each other: a wish to
// load while one load is under way starts another when that one is done.
function reloading(dispatch: (change: Change) => void, signedOut: () => void) {
  let ended = false;
  let busy = false;
  let again = false;
  let wait = firstRetry;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const reload = async () => {
    again = true;
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    let failed = false;
    while (again && !ended) {
      again = false;
      try {
        const answers = await load();
        if (!ended) dispatch({ kind: "loaded", answers });
        failed = false;
      } catch (error) {
        if (ended) break;
        if (error instanceof api.SignedOut) return signedOut();
        dispatch({ kind: "failed", message: (error as Error).message });
        failed = true;
      }
    }
    busy = false;
    wait = failed ? Math.min(wait * 2, lastRetry) : firstRetry;
    if (!ended) timer = setTimeout(reload, failed ? wait : reloadEvery);
  };
  const end = () => {
    ended = true;
    clearTimeout(timer);
  };
  return { reload, end };
}

// Returns what ends it.
export function listen(dispatch: (change: Change) => void, signedOut: () => void): () => void {
  const { reload, end } = reloading(dispatch, signedOut);
  const socket = io({ withCredentials: true, reconnectionDelay: 500, reconnectionDelayMax: 3000 });
  let retry: ReturnType<typeof setTimeout> | undefined;

  // Socket.IO itself comes back after a cut network, but not when the server said no or hung up.
  const lost = () => {
    dispatch({ kind: "live", live: "lost" });
    if (socket.active) return;
    void reload(); // tells whether the session has ended
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), 2000);
  };
  socket.on("connect", () => {
    dispatch({ kind: "live", live: "live" });
    void reload();
  });
  socket.on("disconnect", lost);
  socket.on("connect_error", lost);
  socket.on("attendance:new", (message: unknown) => {
    const arrival = decode.arrival(message);
    if (arrival) dispatch({ kind: "arrival", arrival });
  });
  socket.on("attendance:departure", (message: unknown) => {
    const departure = decode.departure(message);
    if (departure) dispatch({ kind: "departure", ...departure });
  });
  socket.on("attendance:fail", (message: unknown) => {
    const refusal = decode.refusal(message);
    if (refusal) dispatch({ kind: "refusal", refusal });
  });
  socket.on("system:status", (message: unknown) => {
    const { terminals, mongodb } = decode.fields(message);
    if (!Array.isArray(terminals)) return;
    dispatch({
      kind: "status",
      terminals: decode.list(terminals, "terminals", decode.terminal),
      storeAnswers: mongodb !== "disconnected",
    });
  });

  // A phone that slept has old figures.
  const seen = () => {
    if (document.visibilityState === "visible") void reload();
  };
  document.addEventListener("visibilitychange", seen);
  void reload();
  return () => {
    end();
    clearTimeout(retry);
    document.removeEventListener("visibilitychange", seen);
    socket.off();
    socket.disconnect();
  };
}
