import { useState } from "react";
import { Card } from "../../design/card";
import { Select } from "../../design/select";
import { currentLanguage, t } from "../../i18n/words";
import { Downloads } from "./downloads";
import { monthOf, next, periodOf } from "./period";

const offered = 12; // months back

const monthText = (month: string) =>
  new Intl.DateTimeFormat(currentLanguage(), {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(`${month}-01T00:00:00Z`));

function months(today: string) {
  const list = [];
  for (let period = periodOf("month", today); list.length < offered; period = next(period, -1)) {
    list.push(monthOf(period.from));
  }
  return list;
}

interface Props {
  today: string;
  section: string;
  sections: string[];
}

// DepEd's School Form 2, as it is handed in.
export function Register({ today, section, sections }: Props) {
  const [month, setMonth] = useState(monthOf(today));
  return (
    <Card title={t("reports.register")}>
      <p className="explain">{t("reports.register_explain")}</p>
      <div className="register-choice">
        <Select
          label={t("reports.month")}
          testId="register-month"
          value={month}
          options={months(today).map((each) => ({ value: each, words: monthText(each) }))}
          onChange={setMonth}
        />
      </div>
      <ul className="rows">
        {(section === "" ? ["", ...sections] : [section]).map((each) => (
          <li key={each} data-testid="register">
            <span className="who">
              <strong>{each || t("section.all")}</strong>
              <small>{monthText(month)}</small>
            </span>
            <span className="day-of">
              <Downloads
                path="/api/export/register"
                query={{ month, section: each }}
                of={t("reports.register_of", {
                  of: each || t("section.all"),
                  month: monthText(month),
                })}
              />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
