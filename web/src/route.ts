// Places within the page: /, /students, /days/2026-11-23, /check. The browser's back button works.
import { useEffect, useState } from "preact/hooks";

export type Route =
  | { page: "today" }
  | { page: "students" }
  | { page: "check" }
  | { page: "days"; day: string }; // empty: none chosen yet

export function parse(path: string): Route {
  const [page, day = ""] = path.split("/").filter((part) => part !== "");
  if (page === "students" || page === "check") return { page };
  if (page === "days") return { page, day: /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : "" };
  return { page: "today" };
}

const moved = "tamtap:moved";

export function go(path: string, replace = false) {
  const place = path + location.search;
  if (replace) history.replaceState(null, "", place);
  else history.pushState(null, "", place);
  dispatchEvent(new Event(moved));
}

// For links: plain clicks stay within the page; a new tab is still a new tab.
export function follow(event: MouseEvent) {
  const link = event.currentTarget as HTMLAnchorElement;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(new URL(link.href).pathname);
  scrollTo(0, 0);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.pathname));
  useEffect(() => {
    const update = () => setRoute(parse(location.pathname));
    addEventListener("popstate", update);
    addEventListener(moved, update);
    return () => {
      removeEventListener("popstate", update);
      removeEventListener(moved, update);
    };
  }, []);
  return route;
}
