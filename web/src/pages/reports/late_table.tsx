import { Card } from "../../design/card";
import { t } from "../../i18n/words";
import { shortWeekday } from "../../words";
import { dayWithNumber, weekdayOf, type Figures } from "./figures";

const strongest = 45; // percent of the colour in the cell of most

// Late arrivals by section and weekday: darker is more of the section.
export function LateTable({ figures: { days, sections } }: { figures: Figures }) {
  const weekdays = [...new Set(days.map((each) => weekdayOf(each.date)))].sort();
  const share = (late: number, learners: number) => (learners === 0 ? 0 : late / learners);
  const most = Math.max(
    ...sections.flatMap((each) => each.lateByWeekday.map((late) => share(late, each.learners))),
    0,
  );
  const late = sections.filter((each) => each.late > 0);
  return (
    <Card title={t("reports.late_by")}>
      {late.length === 0 ? (
        <p className="nothing">{t("reports.nobody_late")}</p>
      ) : (
        <div className="heat-box" role="group" aria-label={t("reports.late_by")} tabIndex={0}>
          <table className="heat">
            <thead>
              <tr>
                <th scope="col">{t("section.one")}</th>
                {weekdays.map((each) => (
                  <th key={each} scope="col">
                    {shortWeekday(dayWithNumber(each))}
                  </th>
                ))}
                <th scope="col">{t("reports.all")}</th>
              </tr>
            </thead>
            <tbody>
              {late.map((each) => (
                <tr key={each.section}>
                  <th scope="row">{each.section}</th>
                  {weekdays.map((day) => {
                    const count = each.lateByWeekday[day];
                    const part = most === 0 ? 0 : share(count, each.learners) / most;
                    const strength = `${Math.round(strongest * part)}%`;
                    return (
                      <td
                        key={day}
                        style={{
                          background: `color-mix(in srgb, var(--gold-fill) ${strength}, transparent)`,
                        }}
                      >
                        {t("reports.number", { value: count })}
                      </td>
                    );
                  })}
                  <td>
                    <b>{t("reports.number", { value: each.late })}</b>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
