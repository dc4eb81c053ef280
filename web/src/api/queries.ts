// How questions to the server behave: asked again when that may help, shown anew when the live feed
// says that something changed, and said in a toast when what staff did was not taken.
import {
  MutationCache,
  QueryCache,
  QueryClient,
  useMutation,
  useQueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import { toast } from "../design/toast";
import { messageOf, Problem, SignedOut } from "./problem";
import type { paths } from "./schema";

declare module "@tanstack/react-query" {
  interface Register {
    // saysItself: the page shows the error where it happened, so no toast does.
    mutationMeta: { saysItself?: boolean };
    queryMeta: { saysItself?: boolean };
  }
}

const signedOut = new EventTarget();

export function whenSignedOut(work: () => void): () => void {
  signedOut.addEventListener("ended", work);
  return () => signedOut.removeEventListener("ended", work);
}

export const sessionEnded = () => signedOut.dispatchEvent(new Event("ended"));

function tell(error: unknown, meta: { saysItself?: boolean } | undefined) {
  if (error instanceof SignedOut) sessionEnded();
  else if (!meta?.saysItself) toast(messageOf(error), "bad");
}

// A server that is away or busy may answer the next time; one that has refused will refuse again.
export const worthAgain = (error: unknown) =>
  !(error instanceof Problem) || error.status === 0 || error.status === 503;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // What is shown already stays, and the reader should know that it is old. A page that has
      // nothing to show says why itself, by ErrorMessage.
      const old = query.state.data !== undefined;
      if (old || error instanceof SignedOut) tell(error, query.meta);
    },
  }),
  mutationCache: new MutationCache({
    onError: (error, _values, _context, mutation) => tell(error, mutation.meta),
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && worthAgain(error),
      networkMode: "always", // a LAN without internet is no reason not to ask
    },
    mutations: { networkMode: "always" },
  },
});

// Has everything that was read from these paths asked anew: "/api/calendar" also means what is
// below it.
export function stale(...parts: string[]) {
  return queryClient.invalidateQueries({
    predicate: ({ queryKey }) => {
      const path = String(queryKey[1] ?? "");
      return parts.some((each) => path === each || path.startsWith(`${each}/`));
    },
  });
}

interface Optimistic<Known, Values> {
  queryKey: QueryKey; // of what is shown, as server.queryOptions(...).queryKey gives it
  change: (known: Known, values: Values) => Known; // what it will be
  send: (values: Values) => Promise<unknown>;
  paths?: (keyof paths)[]; // what else is old once it is done
  saysItself?: boolean;
}

// Shows at once what staff did, and takes it back, with a message, if the server does not take it.
export function useOptimistic<Known, Values>(options: Optimistic<Known, Values>) {
  const { queryKey, change, send, paths: olds = [], saysItself = false } = options;
  const client = useQueryClient();
  return useMutation({
    meta: { saysItself },
    mutationFn: send,
    onMutate: async (values: Values) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData<Known>(queryKey);
      if (before !== undefined) client.setQueryData<Known>(queryKey, change(before, values));
      return { before };
    },
    onError: (_error, _values, context) => {
      if (context?.before !== undefined) client.setQueryData(queryKey, context.before);
    },
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey }), stale(...olds)]),
  });
}
