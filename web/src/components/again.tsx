import { useState } from "react";

interface Props {
  words: string;
  of: string; // spoken
  asked: boolean;
  onAsk: () => Promise<void>;
}

// A small button that stays where it is once pressed, so that the keyboard's focus does too.
export function Again({ words, of, asked, onAsk }: Props) {
  const [busy, setBusy] = useState(false);
  const press = async () => {
    if (asked || busy) return;
    setBusy(true);
    await onAsk();
    setBusy(false);
  };
  return (
    <button type="button" className="small" aria-disabled={asked || busy} onClick={press}>
      {words}
      <span className="sr-only">: {of}</span>
    </button>
  );
}
