import { useState } from "react";
import { Card } from "../../design/card";
import { t } from "../../i18n/words";
import { isMark } from "../../marks";
import { useSchool } from "../../shell/school";
import { longDay, statusText } from "../../words";
import { cameOf, type YearRecord } from "./year_days";

const firstShown = 10;

interface Props {
  records: YearRecord[];
  onChoose: (day: string) => void;
}

// The days with a record, the newest first.
export function YearList({ records, onChoose }: Props) {
  const { gateName } = useSchool();
  const [all, setAll] = useState(false);
  const newest = [...records].sort((a, b) => (a.day < b.day ? 1 : -1));
  const shown = all ? newest : newest.slice(0, firstShown);
  return (
    <Card title={t("year.list")}>
      {records.length === 0 && <p className="nothing">{t("year.nothing")}</p>}
      <ul className="rows">
        {shown.map((each) => (
          <li key={each.id} data-testid="year-day" data-day={each.day}>
            <span className="who">
              <button type="button" className="table-open" onClick={() => onChoose(each.day)}>
                {longDay(each.day)}
              </button>
              <small>
                {isMark(each)
                  ? [each.by && t("year.by", { name: each.by }), each.reason, each.note]
                      .filter(Boolean)
                      .join(" · ")
                  : gateName(each.terminal)}
              </small>
            </span>
            <span className={`chip chip-${each.status}`}>{statusText(each)}</span>
            <time>
              {cameOf(each)}
              {each.departure !== "" && `–${each.departure.slice(0, 5)}`}
            </time>
          </li>
        ))}
      </ul>
      {records.length > shown.length && (
        <button type="button" className="more" onClick={() => setAll(true)}>
          {t("list.show_all", { count: records.length })}
        </button>
      )}
    </Card>
  );
}
