import { memo, useState } from "react";
import { prefix } from "../place";
import type { Arrival } from "../types";
import { statusText } from "../words";
import { t } from "../i18n/words";

const initials = (name: string) => {
  const parts = name.split(/\s+/).filter((part) => /^\p{L}/u.test(part));
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""]
    .map((part) => (part ? [...part][0] : ""))
    .join("")
    .toUpperCase();
};

const tints = 5;
const tintOf = (text: string) =>
  [...text].reduce((sum, each) => sum + each.charCodeAt(0), 0) % tints;

interface Props {
  arrival: Arrival;
  gate: string; // as staff call it
  fresh?: boolean;
}

// Drawn anew only when what it shows has changed: at seven o'clock the list changes often.
export const ArrivalRow = memo(function ArrivalRow({ arrival, gate, fresh = false }: Props) {
  const group = arrival.section || (arrival.role === "teacher" ? t("role.teacher") : "");
  return (
    <li
      className={fresh ? "arrival fresh" : "arrival"}
      data-testid="arrival"
      data-tap={arrival.tap}
      data-card={arrival.nfc_id}
    >
      <div className="arrival-in">
        <Face arrival={arrival} />
        <span className="who">
          <strong>{arrival.name}</strong>
          <small>
            {group}
            <span className="place">
              {group !== "" && gate !== "" && " · "}
              {gate}
            </span>
          </small>
        </span>
        <span className={`chip chip-${arrival.status}`}>{statusText(arrival)}</span>
        <time dateTime={arrival.tapped_at}>
          {arrival.time.slice(0, 5)}
          {arrival.departure !== "" && `–${arrival.departure.slice(0, 5)}`}
        </time>
      </div>
    </li>
  );
});

function Face({ arrival }: { arrival: Arrival }) {
  const [broken, setBroken] = useState("");
  const { photo } = arrival;
  if (photo !== null && photo !== broken) {
    return (
      <img
        className="face"
        src={`${prefix}/photos/${arrival.day}/${encodeURIComponent(photo)}`}
        alt=""
        width="44"
        height="44"
        loading="lazy"
        onError={() => setBroken(photo)}
      />
    );
  }
  return (
    <span className={`face tint-${tintOf(arrival.section)}`} aria-hidden>
      {initials(arrival.name)}
    </span>
  );
}
