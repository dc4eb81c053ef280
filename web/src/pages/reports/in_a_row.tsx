import { useState } from "react";
import { Badge, Count } from "../../design/badge";
import { Card } from "../../design/card";
import { t } from "../../i18n/words";
import { absentLong, type Learner } from "./figures";

const atFirst = 8;

// Who stays away: the ones to visit.
export function InARow({ learners }: { learners: Learner[] }) {
  const [all, setAll] = useState(false);
  const found = absentLong(learners);
  return (
    <Card
      title={
        <>
          {t("reports.in_a_row")} {found.length > 0 && <Count value={found.length} />}
        </>
      }
    >
      {found.length === 0 ? (
        <p className="nothing">{t("reports.nobody_in_a_row")}</p>
      ) : (
        <ul className="rows">
          {found.slice(0, all ? undefined : atFirst).map((each) => (
            <li key={each.nfc_id} data-testid="in-a-row">
              <span className="who">
                <strong>{each.name}</strong>
                <small>{each.section}</small>
              </span>
              <span className="day-of">
                <Badge tone={each.inARowNow > 0 ? "bad" : "plain"}>
                  {each.inARowNow > 0
                    ? t("reports.now_days", { count: each.inARowNow })
                    : t("reports.once_days", { count: each.mostInARow })}
                </Badge>
              </span>
            </li>
          ))}
        </ul>
      )}
      {!all && found.length > atFirst && (
        <button type="button" className="more" onClick={() => setAll(true)}>
          {t("list.show_all", { count: found.length })}
        </button>
      )}
    </Card>
  );
}
