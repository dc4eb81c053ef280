// Where the site begins: "" at the root of its host, "/tamtap" below a path prefix. The server says
// it in the page's <base>, so relative addresses are right by themselves; those that begin with a
// slash need this before it.
const base = typeof document === "undefined" ? "/" : new URL(document.baseURI).pathname;

export const prefix = base.replace(/\/[^/]*$/, "");
// To a part of the page itself: relative to the base, "#content" alone would lead away.
export const here = (part: string) => `${location.pathname}${location.search}#${part}`;
// The path of a place within the site: "/days" for "/tamtap/days".
export const within = (path: string) =>
  path.startsWith(prefix) ? path.slice(prefix.length) : path;
