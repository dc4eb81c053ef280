// Short words at the edge of the screen. What draws them is loaded with the first one.
export interface Told {
  words: string;
  tone: "good" | "bad";
  action?: { words: string; onAction: () => void }; // "Undo"
}

let draw: ((told: Told) => void) | null = null;
let waiting: Told[] = [];
const listeners = new Set<() => void>();

export function toast(words: string, tone: Told["tone"] = "good", action?: Told["action"]) {
  const told = { words, tone, action };
  if (draw) return draw(told);
  waiting.push(told);
  for (const each of listeners) each();
}

// For ToastRegion.
export function drawToasts(work: (told: Told) => void) {
  draw = work;
  for (const each of waiting.splice(0)) work(each);
}

export const areToasts = () => draw !== null || waiting.length > 0;

export function whenToasts(work: () => void): () => void {
  listeners.add(work);
  return () => listeners.delete(work);
}
