// The server's API, typed by docs/openapi.yaml. Every call that fails throws a Problem; one without a
// session throws SignedOut, and App then shows the sign-in page.
import createFetchClient from "openapi-fetch";
import createQueries from "openapi-react-query";
import { prefix, within } from "../place";
import { problemOf, SignedOut, unreachable } from "./problem";
import type { paths } from "./schema";

const patience = 15_000; // milliseconds until a silent server counts as unreachable

const opens = ["/api/auth/login", "/api/auth/first-admin"]; // 401 there is no ended session

// As fetch, but every answer that is no success is thrown. `wait`: for work that takes longer, in
// milliseconds.
export async function ask(
  request: RequestInfo | URL,
  init?: RequestInit,
  wait = patience,
): Promise<Response> {
  const asked = request instanceof Request ? request : new Request(request, init);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), wait);
  asked.signal.addEventListener("abort", () => stop.abort());
  const response = await fetch(asked, { credentials: "same-origin", signal: stop.signal })
    .catch(() => {
      if (asked.signal.aborted) throw asked.signal.reason; // the page no longer wants it
      throw unreachable();
    })
    .finally(() => clearTimeout(timer));
  if (response.ok) return response;
  const { pathname } = new URL(asked.url);
  if (response.status === 401 && !opens.includes(within(pathname))) throw new SignedOut();
  throw await problemOf(response);
}

export const client = createFetchClient<paths>({
  baseUrl: prefix,
  fetch: (request) => ask(request),
});

// server.useQuery("get", "/api/students", {params}) and server.useMutation("post", "/api/...").
// A query's key is ["get", path, params]: what live.ts and `stale` below go by.
export const server = createQueries(client);
