import { Link } from "wouter";
import { server } from "../api/client";
import { Mark } from "../components/mark";
import { ErrorMessage } from "../design/error_message";
import { Progress } from "../design/progress";
import { currentLanguage, t } from "../i18n/words";
import { LanguageChoice } from "../shell/language_choice";
import "../styles/privacy.css";

interface Props {
  onLanguage: (language: string) => void;
}

// What is kept of people, for pupils and parents too: nobody signs in to read it.
export default function Privacy({ onLanguage }: Props) {
  const { data, error, refetch } = server.useQuery(
    "get",
    "/api/privacy",
    {},
    {
      meta: { saysItself: true },
    },
  );
  const notice = data?.languages[currentLanguage() === "fil" ? "fil" : "en"];
  return (
    <main className="privacy">
      <header>
        <Link href="/" className="brand" aria-label={t("frame.brand")}>
          <Mark />
          <bdi>{data?.school || "TamTap"}</bdi>
        </Link>
        <LanguageChoice onLanguage={onLanguage} />
      </header>
      <h1>{notice?.title ?? t("privacy.link")}</h1>
      <ErrorMessage error={data ? null : error} onRetry={() => void refetch()} />
      {!data && !error && <Progress words={t("page.loading")} />}
      {notice?.sections.map((each) => (
        <section className="card" key={each.heading} data-testid="privacy-part">
          <h2>{each.heading}</h2>
          {each.paragraphs.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </section>
      ))}
    </main>
  );
}
