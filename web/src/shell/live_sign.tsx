import { t, type Word } from "../i18n/words";
import type { Live } from "../types";

const words: Record<Live, Word> = {
  connecting: "live.connecting",
  live: "live.live",
  lost: "live.lost",
};

export const LiveSign = ({ live }: { live: Live }) => (
  <span className="live" data-testid="live-state" data-state={live} role="status">
    <i aria-hidden />
    {t(words[live])}
  </span>
);
