import { useMemo } from "react";
import { arrivalFinder } from "../../counts";
import { Table } from "../../design/table";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import type { Student } from "../../types";
import { DayOf, rankOf, TodayContext } from "./day_of";
import { columnsOf } from "./people_columns";

// Teachers with a card, and how their day is. Marks are for students.
export function TeacherTable({ teachers }: { teachers: Student[] }) {
  const { state } = useSchool();
  const find = useMemo(() => arrivalFinder(state.arrivals.values(), "teacher"), [state.arrivals]);
  const columns = useMemo(
    () =>
      columnsOf(
        (each) => <DayOf student={each} />,
        (each) => rankOf(find(each)),
        "teacher",
      ),
    [find],
  );
  return (
    <TodayContext value={{ day: state.day, find, onMark: null }}>
      {teachers.length === 0 && <p className="nothing">{t("search.nobody")}</p>}
      <Table
        label={t("people.teacher_list")}
        rows={teachers}
        idOf={(each) => each.nfc_id}
        sorting={{ column: "name", down: false }}
        testId="teacher"
        columns={columns}
      />
    </TodayContext>
  );
}
