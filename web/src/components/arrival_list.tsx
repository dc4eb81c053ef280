import type { Arrival } from "../types";
import { statusWords } from "../words";

const mostShown = 60;

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((part) => part[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();

export function ArrivalList({ arrivals }: { arrivals: Arrival[] }) {
  return (
    <section class="card arrivals" aria-labelledby="arrivals-title">
      <h2 id="arrivals-title">Arrivals</h2>
      {arrivals.length === 0 && <p class="nothing">Nobody has tapped yet.</p>}
      <ol data-testid="arrivals" aria-live="polite" aria-relevant="additions">
        {arrivals.slice(0, mostShown).map((each) => (
          <ArrivalRow key={each._id} arrival={each} />
        ))}
      </ol>
      {arrivals.length > mostShown && (
        <p class="more">and {arrivals.length - mostShown} more before them</p>
      )}
    </section>
  );
}

export function ArrivalRow({ arrival }: { arrival: Arrival }) {
  return (
    <li data-testid="arrival" data-tap={arrival.tap} data-card={arrival.nfc_id}>
      {arrival.photo ? (
        <img
          class="face"
          src={`/photos/${arrival.day}/${encodeURIComponent(arrival.photo)}`}
          alt=""
        />
      ) : (
        <span class="face" aria-hidden="true">
          {initials(arrival.name)}
        </span>
      )}
      <span class="who">
        <strong>{arrival.name}</strong>
        <small>
          {[arrival.section, arrival.terminal].filter((part) => part !== "").join(" · ")}
        </small>
      </span>
      <span class={`chip chip-${arrival.status}`}>{statusWords[arrival.status]}</span>
      <time dateTime={arrival.tapped_at}>{arrival.time.slice(0, 5)}</time>
    </li>
  );
}
