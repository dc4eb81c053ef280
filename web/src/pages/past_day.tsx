import { useEffect, useState } from "preact/hooks";
import * as api from "../api";
import { ArrivalRow } from "../components/arrival_list";
import type { Arrival } from "../types";
import { longDay, plural } from "../words";

export function PastDay({ today }: { today: string }) {
  const [day, setDay] = useState(today);
  const [arrivals, setArrivals] = useState<Arrival[]>([]);
  const [error, setError] = useState("");

  useEffect(() => {
    if (day === "") return;
    let current = true; // a slow answer for another day is not shown for this one
    setError("");
    api.arrivalsOf(day).then(
      (answer) => current && setArrivals(answer.records),
      (failure: Error) => current && setError(failure.message),
    );
    return () => {
      current = false;
    };
  }, [day]);

  return (
    <section class="card page" aria-labelledby="past-title">
      <div class="headline">
        <h1 id="past-title">{longDay(day) || "A day"}</h1>
        <label class="filter">
          <span>Day</span>
          <input
            type="date"
            value={day}
            max={today}
            onChange={(event) => setDay(event.currentTarget.value)}
          />
        </label>
      </div>
      <p class="error" role="alert">
        {error}
      </p>
      <p aria-live="polite">{plural(arrivals.length, "person came", "people came")}</p>
      <ol class="list">
        {arrivals.map((each) => (
          <ArrivalRow key={each._id} arrival={each} />
        ))}
      </ol>
    </section>
  );
}
