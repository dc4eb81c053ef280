import { useEffect, useState } from "react";
import { Link } from "wouter";
import { Icon } from "../components/icons";
import { EmptyState } from "../design/empty_state";
import { PageHeader } from "../design/page_header";
import { SearchField } from "../design/search_field";
import { t } from "../i18n/words";
import { plain } from "../search";
import { useUser } from "../shell/session";
import { topics, type Topic } from "./help/topics";
import "../styles/help.css";

// What each thing means and what to do when something is wrong. It is part of the pages, so it is
// there without internet.
export default function Help() {
  const { role } = useUser();
  const [search, setSearch] = useState("");
  useEffect(() => {
    const topic = document.getElementById(location.hash.slice(1));
    topic?.scrollIntoView();
    topic?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }, []);
  const words = plain(search).split(/\s+/).filter(Boolean);
  const found = topics.filter((each) => {
    const text = plain([each.title, ...each.lines].map((word) => t(word)).join(" "));
    return each.roles.includes(role) && words.every((word) => text.includes(word));
  });
  return (
    <div className="page help-page">
      <PageHeader title={t("nav.help")}>
        <SearchField
          label={t("search.label")}
          value={search}
          placeholder={t("help.search")}
          onChange={setSearch}
        />
      </PageHeader>
      {found.map((each) => (
        <HelpTopic key={each.id} topic={each} />
      ))}
      <p>
        <Link href="/privacy">{t("privacy.link")}</Link>
      </p>
      {found.length === 0 && (
        <EmptyState icon="search" title={t("help.nothing")}>
          {t("help.nothing_next")}
        </EmptyState>
      )}
    </div>
  );
}

const HelpTopic = ({ topic }: { topic: Topic }) => (
  <section className="card help-topic" id={topic.id} data-testid="help-topic">
    <h2 tabIndex={-1}>
      <Icon name={topic.icon} />
      {t(topic.title)}
    </h2>
    {topic.lines.map((each) => (
      <p key={each}>{t(each)}</p>
    ))}
    {topic.link && (
      <p>
        <Link href={topic.link.to} className="button">
          {t(topic.link.words)}
        </Link>
      </p>
    )}
  </section>
);
