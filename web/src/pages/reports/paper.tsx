import { useEffect, useState } from "react";
import { createPortal, flushSync } from "react-dom";
import { currentLanguage, t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import { percent, type Figures, type Learner, type SectionFigures } from "./figures";
import { periodText } from "./period_choice";
import type { Period } from "./period";

// What the printer gets: one clean page a section. It is there only while it is printed, since a school
// has a thousand rows.
export function Paper({ figures, period }: { figures: Figures | undefined; period: Period }) {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    return () => {
      removeEventListener("beforeprint", begin);
      removeEventListener("afterprint", end);
    };
  }, []);
  if (!printing || figures === undefined) return null;
  return createPortal(
    <div className="paper" data-testid="paper">
      {figures.sections
        .filter((each) => each.learners > 0)
        .map((each) => (
          <Sheet key={each.section} section={each} figures={figures} period={period} />
        ))}
    </div>,
    document.body,
  );
}

const many = 45; // learners of a section, for whom the letters are smaller

interface SheetProps {
  section: SectionFigures;
  figures: Figures;
  period: Period;
}

function Sheet({ section, figures, period }: SheetProps) {
  const { state } = useSchool();
  const school = state.summary?.school ?? "";
  const { compare } = new Intl.Collator(currentLanguage(), { numeric: true });
  const learners = figures.learners
    .filter((each) => each.section === section.section)
    .sort((a, b) => compare(a.name, b.name));
  return (
    <section className={learners.length > many ? "sheet sheet-long" : "sheet"}>
      <header>
        {school !== "" && <p className="sheet-school">{school}</p>}
        <h2>{section.section}</h2>
        <p>
          {t("reports.sheet_title")} · {periodText(period)}
        </p>
        <p>
          {t("reports.sheet_line", {
            rate: percent(section.rate),
            learners: section.learners,
            days: section.classDays,
          })}
        </p>
      </header>
      <Learners learners={learners} columns={period.from === period.to ? ofOneDay() : ofDays()} />
      <footer>
        <span>{t("reports.adviser")}</span>
        <span>{t("reports.principal")}</span>
      </footer>
    </section>
  );
}

type Column = [words: string, cell: (learner: Learner) => string];

// Of a single day nobody counts: how it was stands in words.
const ofOneDay = (): Column[] => [[t("reports.how"), howItWas]];

function howItWas({ absent, excused, late, present }: Learner): string {
  if (absent > 0) return t("reports.absent");
  if (excused > 0) return t("status.excused");
  if (late > 0) return t("status.late");
  return present > 0 ? t("status.on_time") : "–";
}

function ofDays(): Column[] {
  const figure = (value: number) => t("reports.number", { value });
  return [
    [t("reports.present"), (each) => figure(each.present)],
    [t("reports.late"), (each) => figure(each.late)],
    [t("reports.excused"), (each) => figure(each.excused)],
    [t("reports.absent"), (each) => figure(each.absent)],
    [t("reports.rate_short"), (each) => percent(each.rate)],
  ];
}

const Learners = ({ learners, columns }: { learners: Learner[]; columns: Column[] }) => (
  <table>
    <thead>
      <tr>
        <th scope="col">{t("people.name")}</th>
        {columns.map(([words]) => (
          <th key={words} scope="col">
            {words}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {learners.map((each) => (
        <tr key={each.nfc_id}>
          <th scope="row">{each.name}</th>
          {columns.map(([words, cell]) => (
            <td key={words}>{cell(each)}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
