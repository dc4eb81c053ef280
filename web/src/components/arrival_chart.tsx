import type { Slot } from "../state";

const width = 600;
const height = 140;

// Bars of arrivals by five minutes; late ones stand on top of those on time.
export function ArrivalChart({ slots }: { slots: Slot[] }) {
  const highest = Math.max(1, ...slots.map((slot) => slot.onTime + slot.late));
  const step = width / Math.max(slots.length, 1);
  const bar = (value: number) => (value / highest) * height;
  const label = slots.length === 0 ? "" : `from ${slots[0].label} to ${slots.at(-1)!.label}`;
  return (
    <section class="card" aria-labelledby="chart-title">
      <h2 id="chart-title">The morning, by five minutes</h2>
      {slots.length === 0 ? (
        <p class="nothing">The first arrivals will show here.</p>
      ) : (
        <figure class="chart">
          <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Arrivals ${label}`}>
            {slots.map((slot, i) => (
              <g key={slot.label}>
                <title>{`${slot.label}: ${slot.onTime} on time, ${slot.late} late`}</title>
                <rect
                  class="bar-on-time"
                  x={i * step + step * 0.12}
                  width={step * 0.76}
                  y={height - bar(slot.onTime)}
                  height={bar(slot.onTime)}
                  rx="3"
                />
                <rect
                  class="bar-late"
                  x={i * step + step * 0.12}
                  width={step * 0.76}
                  y={height - bar(slot.onTime + slot.late)}
                  height={bar(slot.late)}
                  rx="3"
                />
              </g>
            ))}
          </svg>
          <figcaption>
            <span>{slots[0].label}</span>
            <span>most in five minutes: {highest}</span>
            <span>{slots.at(-1)!.label}</span>
          </figcaption>
        </figure>
      )}
    </section>
  );
}
