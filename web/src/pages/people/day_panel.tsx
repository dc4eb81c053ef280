// All that is known of a person's day.
import { useEffect, useRef, useState } from "react";
import { Marking } from "../../components/marking";
import { Card } from "../../design/card";
import { IconButton } from "../../design/icon_button";
import { t } from "../../i18n/words";
import { prefix } from "../../place";
import { isMark, type MarkStatus } from "../../marks";
import { useSchool } from "../../shell/school";
import { clock, longDay } from "../../words";
import type { Person } from "./person";
import type { DayOfYear } from "./year_days";
import { dayWords } from "./year_words";

interface Props {
  date: string;
  day: DayOfYear;
  person: Person;
  onMark: (status: MarkStatus) => Promise<unknown>;
  onClose: () => void;
}

export function DayPanel({ date, day, person, onMark, onClose }: Props) {
  const { state, gateName } = useSchool();
  const { record, calendar, tone } = day;
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    panel.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const unmarked = record === undefined || isMark(record);
  const markable = unmarked && tone !== "free" && date <= state.day;
  return (
    <div ref={panel} className="day-panel" data-testid="day-panel" aria-live="polite">
      <Card
        title={longDay(date)}
        actions={<IconButton icon="close" words={t("act.close")} onPress={onClose} />}
      >
        <div className="day-facts">
          {record?.photo && <Photo day={date} file={record.photo} name={person.name} />}
          <dl className="facts">
            <Fact words={t("day.status")} value={dayWords(day)} />
            {record && !isMark(record) && (
              <>
                <Fact words={t("day.left")} value={record.departure.slice(0, 5)} />
                <Fact words={t("day.gate")} value={gateName(record.terminal)} />
                <Fact words={t("day.taps")} value={String(record.taps.length)} />
              </>
            )}
            <Fact words={t("day.reason")} value={record?.reason ?? ""} />
            <Fact words={t("day.note")} value={record?.note ?? ""} />
            <Fact words={t("day.by")} value={record?.by ?? ""} />
            <Fact
              words={t("day.marked_at")}
              value={record?.markedAt ? clock(record.markedAt, "") : ""}
            />
            {calendar?.start && (
              <Fact words={t("day.hours")} value={`${calendar.start} – ${calendar.end ?? ""}`} />
            )}
          </dl>
        </div>
        {markable && (
          <Marking
            name={person.name}
            status={record ? (record.status as MarkStatus) : null}
            onMark={onMark}
          />
        )}
      </Card>
    </div>
  );
}

const Fact = ({ words, value }: { words: string; value: string }) =>
  value !== "" && (
    <div>
      <dt>{words}</dt>
      <dd>{value}</dd>
    </div>
  );

function Photo({ day, file, name }: { day: string; file: string; name: string }) {
  const [gone, setGone] = useState(false);
  if (gone) return <p className="soft">{t("day.photo_gone")}</p>;
  return (
    <img
      className="day-photo"
      src={`${prefix}/photos/${day}/${encodeURIComponent(file)}`}
      alt={t("day.photo", { name })}
      onError={() => setGone(true)}
    />
  );
}
