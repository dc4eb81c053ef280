import { useState } from "react";
import { Card } from "../../design/card";
import { Select } from "../../design/select";
import { t } from "../../i18n/words";
import { Downloads } from "./downloads";
import { monthsUpTo, monthText } from "./months";
import { monthOf } from "./period";

const offered = 12; // months back

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
          options={monthsUpTo(today, offered).map((each) => ({
            value: each,
            words: monthText(each),
          }))}
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
