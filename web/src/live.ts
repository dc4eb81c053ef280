// The live feed: events become changes. Socket.IO keeps the place of the last event in this page, and
// gives it back when it reconnects: the server then tells what was missed, once, even if it was
// restarted meanwhile. Where it can't, everything is asked for anew.
import { io } from "socket.io-client";
import * as api from "./api/answers";
import { SignedOut } from "./api/problem";
import { queryClient, sessionEnded, stale } from "./api/queries";
import * as decode from "./decode";
import { prefix } from "./place";
import type { Change, Loaded } from "./state";

const reloadEvery = 60_000; // rosters and schedules change without an event
const firstRetry = 1_000;
const lastRetry = 20_000;
const askForDayEvery = 10_000; // when an arrival is of a later day than the server's
const drawEvery = 200; // what is told meanwhile is drawn together
const settleWithin = 5_000; // after a reconnection, when every other page reconnects too
const firstSettle = 1_000; // what was told between the first answers and the connection is read then
const staleEvery = 2_000; // at seven o'clock events come faster than lists can be read

// What an event makes old, by the paths that it was read from. A page that shows a list need do no
// more than ask by server.useQuery.
const changedBy: Record<string, string[]> = {
  "attendance:new": ["/api/attendance", "/api/stats", "/api/notifications", "/api/search"],
  "attendance:departure": ["/api/attendance"],
  "attendance:fail": ["/api/refusals", "/api/cards/unknown"],
  "system:status": ["/api/terminals", "/api/quarantine"],
};

function staleSoon() {
  const paths = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (event: string) => {
    for (const each of changedBy[event] ?? []) paths.add(each);
    timer ??= setTimeout(() => {
      timer = undefined;
      const olds = [...paths];
      paths.clear();
      void stale(...olds);
    }, staleEvery);
  };
  return { tell, end: () => clearTimeout(timer) };
}

async function load(): Promise<Loaded> {
  const [today, summary, sections, refusals, terminals] = await Promise.all([
    api.today(),
    api.summary(),
    api.sections(),
    api.refusals(),
    api.terminals(),
  ]);
  return { at: Date.now(), today, summary, sections, refusals, terminals };
}

let early: Promise<Loaded> | null = null;

// Asks for the day while the page that will show it is still being made.
export function loadEarly() {
  early = load();
  early.catch(() => undefined); // whoever waits for it says so
}

// Gathers what is told, so that a page is not drawn anew twenty times a second.
function gathering(dispatch: (change: Change) => void) {
  let changes: Change[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const add = (change: Change) => {
    changes.push(change);
    timer ??= setTimeout(() => {
      timer = undefined;
      const all = changes;
      changes = [];
      dispatch({ kind: "several", changes: all });
    }, drawEvery);
  };
  return { add, end: () => clearTimeout(timer) };
}

// Loads now and every minute; sooner after a failure. Answers never overtake each other: a wish to
// load while one load is under way starts another when that one is done.
function reloading(dispatch: (change: Change) => void) {
  let ended = false;
  let busy = false;
  let again = false;
  let wait = firstRetry;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let day = "";
  let askedForDay = 0;

  const reload = async () => {
    again = true;
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    let failed = false;
    while (again && !ended) {
      again = false;
      try {
        const answers = await (early ?? load()).finally(() => (early = null));
        day = answers.today.date;
        if (!ended) dispatch({ kind: "loaded", answers });
        failed = false;
      } catch (error) {
        if (ended) break;
        if (error instanceof SignedOut) return sessionEnded();
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
  // A new day begins with its first arrival, or a gate's clock is wrong: the server knows.
  const heardOf = (arrived: string) => {
    if (arrived <= day || Date.now() - askedForDay < askForDayEvery) return;
    askedForDay = Date.now();
    void reload();
  };
  return { reload, heardOf, end };
}

// Returns what ends it.
export function listen(dispatch: (change: Change) => void): () => void {
  const { reload, heardOf, end } = reloading(dispatch);
  const socket = io({
    path: `${prefix}/socket.io/`,
    withCredentials: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 3000,
  });
  const olds = staleSoon();
  const told = gathering(dispatch);
  let retry: ReturnType<typeof setTimeout> | undefined;
  let settle: ReturnType<typeof setTimeout> | undefined;
  let first = true; // the connection

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
    const lists = () => void queryClient.invalidateQueries(); // what was told meanwhile was missed
    const all = () => {
      void reload();
      lists();
    };
    clearTimeout(settle);
    if (socket.recovered) {
      // What was tapped is told now; refusals and what staff changed are read soon.
      settle = setTimeout(all, Math.random() * settleWithin);
    } else if (first) {
      // The page that has just come has asked for the day already, and is drawn before it asks again.
      lists();
      settle = setTimeout(() => void reload(), firstSettle);
    } else {
      all();
    }
    first = false;
  });
  socket.on("disconnect", lost);
  socket.on("connect_error", lost);
  socket.on("attendance:new", (message: unknown) => {
    const arrival = decode.arrival(message);
    if (!arrival) return;
    told.add({ kind: "arrival", arrival });
    heardOf(arrival.day);
  });
  socket.on("attendance:departure", (message: unknown) => {
    const departure = decode.departure(message);
    if (departure) told.add({ kind: "departure", ...departure });
  });
  socket.on("attendance:fail", (message: unknown) => {
    const refusal = decode.refusal(message);
    if (refusal) told.add({ kind: "refusal", refusal });
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

  socket.onAny((event: string) => olds.tell(event));

  // A phone that slept has old figures.
  const seen = () => {
    if (document.visibilityState === "visible") void reload();
  };
  document.addEventListener("visibilitychange", seen);
  void reload();
  return () => {
    end();
    olds.end();
    told.end();
    clearTimeout(retry);
    clearTimeout(settle);
    document.removeEventListener("visibilitychange", seen);
    socket.off();
    socket.disconnect();
  };
}
