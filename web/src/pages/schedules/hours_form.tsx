import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { weekdayNames } from "../../days";
import { Button } from "../../design/button";
import { Checkbox } from "../../design/checkbox";
import { Dialog } from "../../design/dialog";
import { DialogForm } from "../../design/dialog_form";
import { ErrorMessage } from "../../design/error_message";
import { TextField } from "../../design/text_field";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { askHours, hoursChanged, putHours, weekdays, weekOf } from "./hours";
import type { Hours, Seen, Week, Weekday } from "./hours";

const usual = { start: "07:00", end: "17:00" };

interface Props {
  section: string;
  own: boolean; // whether it has hours of its own already
  onClose: () => void;
}

export default function HoursForm({ section, own, onClose }: Props) {
  const { data: seen, error } = useQuery({
    queryKey: ["hours to change", section],
    queryFn: () => askHours(section, own),
    staleTime: Infinity, // what is typed is held against what was seen
    gcTime: 0,
    meta: { saysItself: true },
  });
  return (
    <Dialog title={t("hours.title", { section })} onClose={onClose} size="wide" keepOpen>
      <ErrorMessage error={seen ? null : error} />
      {seen && <Fields seen={seen} section={section} onClose={onClose} />}
    </Dialog>
  );
}

// A day without classes stays one.
const sameHours = (week: Week, hours: Hours): Week =>
  Object.fromEntries(
    weekdays.map((day) => [day, week[day].start === "" ? week[day] : hours]),
  ) as Week;

interface FieldsProps {
  seen: Seen;
  section: string;
  onClose: () => void;
}

function Fields({ seen, section, onClose }: FieldsProps) {
  const { schedule, tag } = seen;
  const [week, setWeek] = useState<Week>(() => weekOf(schedule));
  const [grace, setGrace] = useState(String(schedule.grace_period_minutes));
  const [absent, setAbsent] = useState(String(schedule.absent_threshold_minutes));
  const [adviser, setAdviser] = useState(schedule.adviser_id);
  const names = weekdayNames("long");
  const set = (day: Weekday, hours: Partial<Week[Weekday]>) =>
    setWeek((all) => ({ ...all, [day]: { ...all[day], ...hours } }));
  const first = weekdays.map((day) => week[day]).find(({ start }) => start !== "") ?? usual;

  const send = async () => {
    const said = { week, grace: Number(grace), absent: Number(absent), adviser: adviser.trim() };
    await putHours(section, said, tag);
    void hoursChanged();
    toast(t("hours.changed", { section }));
    onClose();
  };
  return (
    <DialogForm action={t("act.save")} onSend={send} onClose={onClose}>
      <div className="hours-days">
        {weekdays.map((day, n) => {
          const { start, end } = week[day];
          const on = start !== "";
          return (
            <div key={day} role="group" aria-label={names[n]} data-day={day}>
              <Checkbox
                words={names[n]}
                isSelected={on}
                onChange={(yes) => set(day, yes ? first : { start: "", end: "" })}
              />
              {on ? (
                <>
                  <TextField
                    label={t("hours.start")}
                    type="time"
                    value={start}
                    onChange={(value) => value !== "" && set(day, { start: value })}
                    isRequired
                  />
                  <TextField
                    label={t("hours.end")}
                    type="time"
                    value={end}
                    onChange={(value) => set(day, { end: value })}
                    isRequired
                  />
                </>
              ) : (
                <span className="soft">{t("year.free")}</span>
              )}
            </div>
          );
        })}
      </div>
      <Button tone="quiet" onPress={() => setWeek((all) => sameHours(all, first))}>
        {t("hours.same")}
      </Button>
      <div className="form-grid">
        <TextField
          label={t("hours.grace")}
          explain={t("hours.grace_explain")}
          type="number"
          value={grace}
          onChange={setGrace}
          isRequired
        />
        <TextField
          label={t("hours.absent")}
          explain={t("hours.absent_explain")}
          type="number"
          value={absent}
          onChange={setAbsent}
          isRequired
        />
        <TextField
          label={t("hours.adviser")}
          value={adviser}
          onChange={setAdviser}
          autoComplete="off"
        />
      </div>
    </DialogForm>
  );
}
