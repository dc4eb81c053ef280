// Everybody of the school at /people, one person at /people/<card> (a teacher with
// ?role=teacher), and the import at /people/import.
import "../styles/people.css";
import { lazy } from "react";
import { useParams, useSearchParams } from "wouter";
import { useUser } from "../shell/session";
import { PeopleList } from "./people/people_list";

const PersonPage = lazy(() => import("./people/person_page"));
const ImportPeople = lazy(() => import("./people/import_people"));

export default function People() {
  const { person = "" } = useParams<{ person?: string }>();
  const { admin } = useUser();
  const [asked] = useSearchParams();
  const role = asked.get("role") === "teacher" ? "teacher" : "student";
  if (person === "") return <PeopleList />;
  if (person === "import" && admin) return <ImportPeople />;
  return <PersonPage key={`${role} ${person}`} card={person} role={role} />;
}
