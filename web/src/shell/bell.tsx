// How many have not tapped: the first thing an adviser asks of a morning.
import { Link } from "wouter";
import { server } from "../api/client";
import { Icon } from "../components/icons";
import { t } from "../i18n/words";

const most = 99; // that fit beside the bell

export function Bell() {
  const { data } = server.useQuery(
    "get",
    "/api/notifications/count",
    {},
    { meta: { saysItself: true }, refetchInterval: 60_000 },
  );
  const count = data?.count ?? 0;
  const words = t("bell.words", { count });
  return (
    <Link href="/corrections" className="tool bell" aria-label={words} title={words}>
      <Icon name="bell" />
      {count > 0 && (
        <b className="count" data-testid="bell-count" aria-hidden>
          {count > most ? `${most}+` : count}
        </b>
      )}
    </Link>
  );
}
