import { ArrivalRow } from "../../components/arrival_row";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import type { Arrival } from "../../types";

const rows = 8; // that fit

export function WallArrivals({ arrivals, loaded }: { arrivals: Arrival[]; loaded: boolean }) {
  const { gateName } = useSchool();
  return (
    <section className="card wall-arrivals" aria-label={t("arrivals.title")}>
      {loaded && arrivals.length === 0 && <p className="nothing">{t("arrivals.empty")}</p>}
      <ol>
        {arrivals.slice(0, rows).map((each) => (
          <ArrivalRow key={each.id} arrival={each} gate={gateName(each.terminal)} />
        ))}
      </ol>
    </section>
  );
}
