import { useQuery } from "@tanstack/react-query";
import { lazy, useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { Icon } from "../../components/icons";
import { client } from "../../api/client";
import { useOptimistic } from "../../api/queries";
import { isDay } from "../../days";
import { Button } from "../../design/button";
import { Card } from "../../design/card";
import { ConfirmDialog } from "../../design/confirm_dialog";
import { ErrorMessage } from "../../design/error_message";
import { PageHeader } from "../../design/page_header";
import { toast } from "../../design/toast";
import { t, type Word } from "../../i18n/words";
import { useUser } from "../../shell/session";
import type { Student } from "../../types";
import { dayOfYear } from "../../words";
import { Guardians } from "./guardians";
import { linkTo } from "./links";
import { peopleChanged, personOf, type Person } from "./person";
import { PersonYear } from "./person_year";

const PersonForm = lazy(() => import("./person_form"));
const NewCard = lazy(() => import("./new_card"));

export default function PersonPage({ card }: { card: string }) {
  const { admin } = useUser();
  const [, go] = useLocation();
  const { data: seen, error, refetch } = useQuery(personOf(card));
  const [open, setOpen] = useState<"" | "edit" | "card" | "leave">("");
  useEffect(() => {
    scrollTo(0, 0);
  }, []);
  const leave = useLeaving();
  const close = () => setOpen("");
  const person = seen?.person;

  return (
    <div className="page">
      <Link href="/people" className="back-link">
        <Icon name="back" />
        {t("person.all")}
      </Link>
      <PageHeader
        title={person?.name ?? t("nav.people")}
        actions={
          admin &&
          person && (
            <>
              <Button icon="edit" onPress={() => setOpen("edit")}>
                {t("act.edit")}
              </Button>
              <Button icon="card" onPress={() => setOpen("card")}>
                {t("newcard.do")}
              </Button>
              <Button icon="leave" tone="quiet" onPress={() => setOpen("leave")}>
                {t("person.leave")}
              </Button>
            </>
          )
        }
      />
      <ErrorMessage error={seen ? null : error} onRetry={() => void refetch()} />
      {person && (
        <>
          <About person={person} />
          <Guardians key={person.nfc_id} card={person.nfc_id} />
          <PersonYear person={person} />
        </>
      )}
      {seen && open === "edit" && <PersonForm seen={seen} onDone={close} onClose={close} />}
      {seen && open === "card" && (
        <NewCard
          seen={seen}
          onClose={close}
          onDone={(changed) => go(linkTo(changed.nfc_id), { replace: true })}
        />
      )}
      {person && open === "leave" && (
        <ConfirmDialog
          title={t("person.leave_title", { name: person.name })}
          action={t("person.leave")}
          bad
          onClose={close}
          onConfirm={async () => {
            go("/people");
            leave(person);
          }}
        >
          <p>{t("person.leave_explain", { card: person.nfc_id })}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

// They are out of the list at once, and back in it if the server refuses.
function useLeaving() {
  const { mutate } = useOptimistic<Student[], Person>({
    queryKey: ["get", "/api/students"],
    change: (known, gone) => known.filter((each) => each.nfc_id !== gone.nfc_id),
    send: async ({ nfc_id, name }) => {
      await client.DELETE("/api/admin/students/{nfc}", { params: { path: { nfc: nfc_id } } });
      toast(t("person.left", { name })); // this page is gone by then
      void peopleChanged();
    },
  });
  return mutate;
}

const facts: [keyof Person, Word][] = [
  ["section", "section.one"],
  ["grade", "people.grade"],
  ["tamtap_id", "people.number"],
  ["nfc_id", "person.card"],
  ["lrn", "person.lrn"],
  ["email", "person.email"],
  ["registered", "person.registered"],
];

const shownDay = (registered: string) => {
  const day = registered.slice(0, 10);
  return isDay(day) ? dayOfYear(day) : registered;
};

const About = ({ person }: { person: Person }) => (
  <Card label={t("person.about")}>
    <dl className="facts">
      {facts
        .filter(([key]) => (person[key] ?? "") !== "")
        .map(([key, words]) => (
          <div key={key}>
            <dt>{t(words)}</dt>
            <dd>{key === "registered" ? shownDay(person[key]) : person[key]}</dd>
          </div>
        ))}
    </dl>
  </Card>
);
