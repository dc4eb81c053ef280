import { useQuery } from "@tanstack/react-query";
import { lazy, useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { Icon } from "../../components/icons";
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
import { personOf, removePerson, type Person, type Role } from "./person";
import { PersonYear } from "./person_year";

const PersonForm = lazy(() => import("./person_form"));
const NewCard = lazy(() => import("./new_card"));

interface Props {
  card: string;
  role: Role;
}

export default function PersonPage({ card, role }: Props) {
  const { admin } = useUser();
  const [, go] = useLocation();
  const { data: seen, error, refetch } = useQuery(personOf(card, role));
  const [open, setOpen] = useState<"" | "edit" | "card" | "leave">("");
  useEffect(() => {
    scrollTo(0, 0);
  }, []);
  const leave = useLeaving(role);
  const close = () => setOpen("");
  const person = seen?.person;
  const all = role === "teacher" ? "/people?show=teachers" : "/people";

  return (
    <div className="page">
      <Link href={all} className="back-link">
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
          {role === "student" && (
            <>
              <Guardians key={person.nfc_id} card={person.nfc_id} />
              <PersonYear person={person} />
            </>
          )}
        </>
      )}
      {seen && open === "edit" && <PersonForm seen={seen} onDone={close} onClose={close} />}
      {seen && open === "card" && (
        <NewCard
          seen={seen}
          onClose={close}
          onDone={(changed) => go(linkTo(changed.nfc_id, role), { replace: true })}
        />
      )}
      {person && open === "leave" && (
        <ConfirmDialog
          title={t("person.leave_title", { name: person.name })}
          action={t("person.leave")}
          bad
          onClose={close}
          onConfirm={async () => {
            go(all);
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
function useLeaving(role: Role) {
  const { mutate } = useOptimistic<Student[], Person>({
    queryKey: ["get", role === "teacher" ? "/api/teachers" : "/api/students"],
    change: (known, gone) => known.filter((each) => each.nfc_id !== gone.nfc_id),
    send: async ({ nfc_id, name }) => {
      await removePerson(role, nfc_id);
      toast(t("person.left", { name })); // this page is gone by then
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
