import { useRef, useState } from "react";
import { messageOf } from "../../api/problem";
import { Button } from "../../design/button";
import { Checkbox } from "../../design/checkbox";
import { Dialog, DialogEnd } from "../../design/dialog";
import { Progress } from "../../design/progress";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { askHours, hoursChanged, putHours, weekOf, type Schedule } from "./hours";

interface Props {
  from: Schedule;
  sections: string[]; // that may be given its hours
  onClose: () => void;
}

// The week and the minutes of one section for others; each keeps its adviser and grade.
export default function CopyHours({ from, sections, onClose }: Props) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [done, setDone] = useState<number | null>(null); // sections; null: not begun
  const [error, setError] = useState("");
  const stopped = useRef(false);
  const toggle = (section: string, on: boolean) =>
    setChosen((before) => {
      const next = new Set(before);
      if (on) next.add(section);
      else next.delete(section);
      return next;
    });

  const copy = async () => {
    stopped.current = false;
    setError("");
    let count = 0;
    try {
      setDone(0);
      const { schedule } = await askHours(from.section, true); // it may have changed meanwhile
      const said = {
        week: weekOf(schedule),
        grace: schedule.grace_period_minutes,
        absent: schedule.absent_threshold_minutes,
      };
      for (const section of chosen) {
        if (stopped.current) break;
        setDone(count);
        await putHours(section, said);
        toggle(section, false);
        ++count;
      }
      toast(t("hours.copied", { count, section: from.section }));
      if (!stopped.current) onClose();
    } catch (failure) {
      if (stopped.current) toast(messageOf(failure), "bad");
      setError(messageOf(failure));
    }
    setDone(null);
    void hoursChanged();
  };
  const close = () => {
    stopped.current = true;
    onClose();
  };
  const all = sections.every((each) => chosen.has(each));
  return (
    <Dialog title={t("hours.copy_title", { section: from.section })} onClose={close} keepOpen>
      <div className="dialog-body">
        <p className="explain">{t("hours.copy_explain")}</p>
        <Checkbox
          words={t("section.all")}
          isSelected={all}
          isIndeterminate={!all && chosen.size > 0}
          onChange={(on) => setChosen(new Set(on ? sections : []))}
        />
        <ul className="copy-list">
          {sections.map((each) => (
            <li key={each}>
              <Checkbox
                words={each}
                isSelected={chosen.has(each)}
                onChange={(on) => toggle(each, on)}
              />
            </li>
          ))}
        </ul>
        {done !== null && (
          <Progress
            words={t("hours.copying")}
            value={(100 * done) / (done + chosen.size)}
            onCancel={() => (stopped.current = true)}
          />
        )}
        <p className="error" role="alert">
          {error}
        </p>
      </div>
      <DialogEnd>
        <Button onPress={close}>{t("act.cancel")}</Button>
        <Button
          tone="main"
          isPending={done !== null}
          isDisabled={chosen.size === 0}
          onPress={() => void copy()}
        >
          {t("hours.copy_do", { count: chosen.size })}
        </Button>
      </DialogEnd>
    </Dialog>
  );
}
