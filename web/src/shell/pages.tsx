// From an address to its page.
import { lazy, Suspense, useEffect, useRef, type ComponentType } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { EmptyState } from "../design/empty_state";
import { t, withWords } from "../i18n/words";
import { linkOf, moved, places, placesFor } from "./navigation";
import { PageFailure } from "./page_failure";
import { useSchool } from "./school";
import { useUser } from "./session";

const pages = new Map<string, ComponentType>(
  places.map(
    (each) =>
      [each.path, lazy(each.path === "/" ? each.load : () => withWords(each.load))] as const,
  ),
);

export function Pages() {
  const { role } = useUser();
  const [path] = useLocation();
  useTop(path, useSchool().state.summary?.school || "TamTap");
  return (
    <PageFailure key={path.split("/")[1]}>
      <Suspense
        fallback={
          <p className="loading-page" role="status">
            {t("page.loading")}
          </p>
        }
      >
        <Switch>
          {placesFor(role).map((each) => (
            <Route key={each.path} path={each.path} component={pages.get(each.path)} />
          ))}
          {moved.map(([from, to]) => (
            <Route key={from} path={from}>
              <Redirect to={to} replace />
            </Route>
          ))}
          <Route>
            <Nowhere />
          </Route>
        </Switch>
      </Suspense>
    </PageFailure>
  );
}

// Another page begins at its top, named for the browser's list of tabs.
function useTop(path: string, school: string) {
  const first = useRef(true);
  const page = path.split("/")[1];
  useEffect(() => {
    const place = places.find((each) => linkOf(each).split("/")[1] === page);
    document.title = place ? `${t(place.words)} · ${school}` : school;
  }, [page, school]);
  useEffect(() => {
    if (!first.current) scrollTo(0, 0);
    first.current = false;
  }, [page]);
}

const Nowhere = () => (
  <EmptyState icon="search" title={t("page.nowhere")}>
    {t("page.nowhere_explain")}
  </EmptyState>
);
