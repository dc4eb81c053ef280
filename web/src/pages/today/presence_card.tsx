import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { Link } from "wouter";
import * as api from "../../api/answers";
import { Choice } from "../../design/choice";
import { ErrorMessage } from "../../design/error_message";
import { currentLanguage, t } from "../../i18n/words";
import type { State } from "../../state";
import type { Arrival, Student } from "../../types";
import { inOrder, presenceOf } from "./presence";

const shownFirst = 8;
const askEvery = 300_000; // a roster seldom changes while somebody looks

type Which = "missing" | "inside" | "left";

// Who is not here yet; and where departures are recorded, who is inside and who has left.
export function PresenceCard({ state, section }: { state: State; section: string }) {
  const [which, setWhich] = useState<Which>("missing");
  const [all, setAll] = useState(false);
  const { data, error, refetch } = useQuery({
    // Somebody who is registered counts at once, and is listed then, too.
    queryKey: ["get", "/api/students", "in order", state.summary?.totalStudents],
    queryFn: async () => inOrder(await api.students(), currentLanguage()),
    enabled: state.loaded, // the figures come first
    staleTime: askEvery,
    refetchInterval: askEvery,
    placeholderData: keepPreviousData,
    meta: { saysItself: true },
  });
  // Lists may lag behind the figures for a moment when many come at once.
  const arrivals = useDeferredValue(state.arrivals);
  const presence = useMemo(
    () => (data ? presenceOf(data, arrivals, section) : null),
    [data, arrivals, section],
  );
  const departures = state.summary?.departures ?? false;
  const chosen = departures ? which : "missing";
  const people = presence === null ? [] : presence[chosen];
  const shown = all ? people : people.slice(0, shownFirst);
  return (
    <section className="card presence" aria-labelledby="presence-title">
      <h2 id="presence-title">
        {t(departures ? "presence.title" : "presence.missing")}{" "}
        {!departures && presence !== null && people.length > 0 && (
          <span className="badge">{people.length}</span>
        )}
      </h2>
      {departures && (
        <Choice
          label={t("presence.which")}
          value={which}
          options={[
            option("missing", "presence.missing_count", presence?.missing),
            option("inside", "presence.inside_count", presence?.inside),
            option("left", "presence.left_count", presence?.left),
          ]}
          onChange={(value) => setWhich(value as Which)}
        />
      )}
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      {presence !== null && people.length === 0 && (
        <p className="nothing">{nobody(chosen, state, data?.length ?? 0)}</p>
      )}
      <ul
        className={all ? "rows presence-rows all" : "rows presence-rows"}
        data-testid={`presence-${chosen}`}
        tabIndex={all ? 0 : undefined}
        aria-labelledby="presence-title"
      >
        {shown.map((each) => (
          <Row key={each.nfc_id} person={each} />
        ))}
      </ul>
      {people.length > shownFirst && (
        <button type="button" className="more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("presence.fewer") : t("list.show_all", { count: people.length })}
        </button>
      )}
      {chosen === "missing" && people.length > 0 && (
        <p className="soft presence-next">
          {t("presence.next")} <Link href="/people">{t("presence.go_people")}</Link>
        </p>
      )}
    </section>
  );
}

const option = (
  value: Which,
  word: "presence.missing_count" | "presence.inside_count" | "presence.left_count",
  people: unknown[] | undefined,
) => ({ value, words: t(word, { count: people?.length ?? 0 }) });

function nobody(which: Which, state: State, students: number): string {
  if (which === "inside") return t("presence.nobody_inside");
  if (which === "left") return t("presence.nobody_left");
  if (students === 0) return t("section.empty");
  return state.summary?.isInstructional === false
    ? t("today.no_classes")
    : t("presence.nobody_missing");
}

const Row = ({ person }: { person: Student | Arrival }) => (
  <li data-testid="person" data-card={person.nfc_id}>
    <span className="who">
      <strong>{person.name}</strong>
      <small>{person.section || t("section.none")}</small>
    </span>
    {"time" in person && (
      <time>
        {person.time.slice(0, 5)}
        {person.departure !== "" && `–${person.departure.slice(0, 5)}`}
      </time>
    )}
  </li>
);
