import { useState, type FormEvent } from "react";
import { Button } from "../../design/button";
import { server } from "../../api/client";
import { Choice } from "../../design/choice";
import { DateField } from "../../design/date_field";
import { Dialog, DialogEnd } from "../../design/dialog";
import { Select } from "../../design/select";
import { TextField } from "../../design/text_field";
import { t, type Word } from "../../i18n/words";
import { addDays } from "../../words";
import { reasonWords, type Request, type Said, type Who } from "./marks";
import { PersonChoice } from "./person_choice";

interface Props {
  people: Who[]; // none: one is searched
  day: string;
  today: string;
  status: Said;
  onSend: (request: Request) => void;
  onClose: () => void;
}

const titles: Record<Said, Word> = {
  excused: "corrections.excuse_title",
  absent: "corrections.absent_title",
  present: "corrections.present_title",
};

const actions: Record<Said, Word> = {
  excused: "corrections.excuse",
  absent: "corrections.absent",
  present: "corrections.present",
};

// Who was excused, absent or here all the same, and why.
export function MarkDialog({ people, day, today, status: first, onSend, onClose }: Props) {
  const [chosen, setChosen] = useState<Who | null>(null);
  const [status, setStatus] = useState<Said>(first);
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [time, setTime] = useState("");
  const [from, setFrom] = useState(day);
  const [to, setTo] = useState(day);
  const [tried, setTried] = useState(false);
  const searched = people.length === 0;
  const who = searched ? (chosen ? [chosen] : []) : people;
  const ahead = status === "excused";

  const wrong = {
    who: who.length === 0 ? t("corrections.who_missing") : "",
    reason: ahead && reason === "" ? t("corrections.reason_missing") : "",
    time: status === "present" && time === "" ? t("corrections.time_missing") : "",
    from: from === "" || (!ahead && from > today) ? t("corrections.day_missing") : "",
    to: ahead && (to === "" || to < from) ? t("corrections.to_missing") : "",
  };
  const error = (key: keyof typeof wrong) => (tried ? wrong[key] : "");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).some((each) => each !== "")) return;
    const words = { reason: ahead ? reason : "", note, time, status };
    onSend({ people: who, from, to: ahead ? to : from, ...words, over: searched });
    onClose();
  };

  return (
    <Dialog title={t(titles[status])} onClose={onClose} keepOpen>
      <form className="dialog-body" onSubmit={submit} data-testid="mark-form" noValidate>
        {searched ? (
          <PersonChoice value={chosen} onChange={setChosen} error={error("who")} />
        ) : (
          <Names people={people} />
        )}
        <Choice
          label={t("corrections.what")}
          value={status}
          options={[
            { value: "excused", words: t("status.excused") },
            { value: "absent", words: t("corrections.was_absent") },
            { value: "present", words: t("corrections.was_here") },
          ]}
          onChange={(value) => setStatus(value as Said)}
        />
        {ahead && <Reasons value={reason} onChange={setReason} error={error("reason")} />}
        <div className="field-row">
          <DateField
            label={ahead ? t("corrections.from") : t("days.day")}
            value={from}
            max={ahead ? addDays(today, 366) : today}
            error={error("from")}
            onChange={(next) => {
              setFrom(next);
              if (to < next) setTo(next);
            }}
          />
          {ahead && (
            <DateField
              label={t("corrections.to")}
              value={to}
              min={from || undefined}
              max={addDays(today, 366)}
              error={error("to")}
              onChange={setTo}
            />
          )}
          {status === "present" && (
            <TextField
              label={t("corrections.time")}
              type="time"
              value={time}
              error={error("time")}
              onChange={setTime}
            />
          )}
        </div>
        <TextField
          label={t("corrections.note")}
          value={note}
          maxLength={200}
          lines={2}
          onChange={setNote}
        />
        <p className="soft">
          {ahead && from !== to ? t("corrections.class_days_only") : t("corrections.tap_wins")}
        </p>
        <DialogEnd>
          <Button onPress={onClose}>{t("act.cancel")}</Button>
          <Button tone="main" type="submit" testId="mark-send">
            {t(actions[status])}
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

const shown = 4;

const Names = ({ people }: { people: Who[] }) => (
  <ul className="mark-names">
    {people.slice(0, shown).map((each) => (
      <li key={each.nfc_id}>
        <strong>{each.name}</strong> <span className="soft">{each.section}</span>
      </li>
    ))}
    {people.length > shown && (
      <li className="soft">{t("corrections.and_others", { count: people.length - shown })}</li>
    )}
  </ul>
);

interface ReasonsProps {
  value: string;
  error: string;
  onChange: (reason: string) => void;
}

function Reasons({ value, error, onChange }: ReasonsProps) {
  const { data } = server.useQuery(
    "get",
    "/api/notifications/reasons",
    {},
    { staleTime: Infinity },
  );
  return (
    <div>
      <Select
        label={t("corrections.reason")}
        testId="mark-reason"
        value={value}
        options={[
          { value: "", words: t("corrections.reason_choose") },
          ...(data?.reasons ?? []).map((each) => ({ value: each, words: reasonWords(each) })),
        ]}
        onChange={onChange}
      />
      <p className="field-error" role="alert">
        {error}
      </p>
    </div>
  );
}
