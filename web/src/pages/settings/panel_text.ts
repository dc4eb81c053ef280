// The two lines of a gate's 16x2 display, which the server keeps as "LINE/LINE". Pure.
export const cells = 16;

export const linesOf = (text: string): [string, string] => {
  const slash = text.indexOf("/");
  return slash < 0 ? [text, ""] : [text.slice(0, slash), text.slice(slash + 1)];
};

export const textOf = ([upper, lower]: [string, string]) => `${upper.trim()}/${lower.trim()}`;

// As the display has them: characters, and not the units of a text.
export const cellsOf = (line: string) =>
  Array.from({ length: cells }, (_, n) => [...line.trim()][n] ?? " ");

export type Fault = "empty" | "long" | "slash" | null;

export function faultOf([upper, lower]: [string, string]): Fault {
  if (upper.trim() === "") return "empty";
  if ([upper, lower].some((each) => each.includes("/"))) return "slash";
  return [upper, lower].some((each) => [...each.trim()].length > cells) ? "long" : null;
}
