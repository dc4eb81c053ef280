// What stands around every page: navigation at the side of a desk, at the thumb on a phone.
import { lazy, Suspense, useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { countOf } from "../checks";
import { Icon } from "../components/icons";
import { Mark } from "../components/mark";
import { t, withWords } from "../i18n/words";
import { here } from "../place";
import { linkOf, placesFor, type Place } from "./navigation";
import { Bell } from "./bell";
import { LiveSign } from "./live_sign";
import { Notices } from "./notices";
import { useSchool } from "./school";
import { useUser } from "./session";
import { Tools, type Choices } from "./tools";

const MoreDrawer = lazy(() => withWords(() => import("./more_drawer")));

interface Props extends Choices {
  children: ReactNode;
}

export function Frame({ children, ...choices }: Props) {
  const { state } = useSchool();
  const { role } = useUser();
  const school = state.summary?.school ?? "";
  const [more, setMore] = useState(false);
  return (
    <>
      <a className="skip" href={here("content")}>
        {t("frame.skip")}
      </a>
      <header className="top">
        <Link className="brand" href="/" aria-label={t("frame.brand")}>
          <Mark />
          <span>
            TamTap
            {school !== "" && (
              <small className="brand-school" title={school}>
                <bdi>{school}</bdi>
              </small>
            )}
          </span>
        </Link>
        <nav aria-label={t("frame.pages")}>
          {(["day", "school", "office"] as const).map((group) => (
            <NavGroup key={group} places={placesFor(role).filter((each) => each.group === group)} />
          ))}
          <button type="button" className="nav-more" onClick={() => setMore(true)}>
            <Icon name="menu" />
            <span>{t("nav.more")}</span>
          </button>
        </nav>
        <Bell />
        <LiveSign live={state.live} />
        <Tools {...choices} />
      </header>
      <div className="content">
        <Notices state={state} />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
      {more && (
        <Suspense>
          <MoreDrawer {...choices} onClose={() => setMore(false)} />
        </Suspense>
      )}
    </>
  );
}

const NavGroup = ({ places }: { places: Place[] }) =>
  places.length > 0 && (
    <div className="nav-group">
      {places.map((each) => (
        <NavLink key={each.path} place={each} />
      ))}
    </div>
  );

export function NavLink({ place, onGo }: { place: Place; onGo?: () => void }) {
  const { checking } = useSchool();
  const [path] = useLocation();
  const link = linkOf(place);
  const here = link === "/" ? path === "/" : path === link || path.startsWith(`${link}/`);
  const waiting = place.badge === "checks" ? countOf(checking.checks) : 0;
  return (
    <Link
      href={link}
      className={place.phone ? "nav-link nav-thumb" : "nav-link"}
      aria-current={here ? "page" : undefined}
      onClick={onGo}
    >
      <Icon name={place.icon} />
      <span>{t(place.words)}</span>
      {waiting > 0 && (
        <b className="count" data-testid="to-check-count">
          {waiting}
        </b>
      )}
    </Link>
  );
}
