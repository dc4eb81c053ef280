import { useOptimistic } from "../../api/queries";
import { Badge, type Tone } from "../../design/badge";
import { Card } from "../../design/card";
import { IconButton } from "../../design/icon_button";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { dayOfYear } from "../../words";
import {
  calendarChanged,
  entriesOf,
  kindWords,
  putEntry,
  removeEntry,
  type Entry,
  type Kind,
} from "./entries";

const tones: Record<Kind, Tone> = {
  suspension: "bad",
  "no-class": "excused",
  "saturday-makeup": "waiting",
};

export const spanOf = ({ first, last }: Entry) =>
  first === last
    ? dayOfYear(first)
    : t("year.span", { first: dayOfYear(first), last: dayOfYear(last) });

interface Props {
  title: string;
  entries: Entry[];
  asked: [from: string, to: string, section: string]; // what the entries were asked for by
  mayRemove: (entry: Entry) => boolean;
}

export function EntryList({ title, entries, asked, mayRemove }: Props) {
  const { mutate } = useOptimistic<Entry[], Entry>({
    queryKey: entriesOf(...asked).queryKey,
    change: (known, gone) => known.filter((each) => each.id !== gone.id),
    send: removeEntry,
  });
  const remove = (entry: Entry) =>
    mutate(entry, {
      onSuccess: () => {
        void calendarChanged();
        toast(t("calendar.removed", { what: t(kindWords[entry.kind]) }), "good", {
          words: t("act.undo"),
          onAction: () =>
            void putEntry(entry).catch((error) => toast(String(error.message), "bad")),
        });
      },
    });
  return (
    <Card title={title}>
      {entries.length === 0 && <p className="nothing">{t("calendar.nothing")}</p>}
      <ul className="rows entries">
        {entries.map((each) => (
          <li key={each.id} data-testid="entry" data-kind={each.kind}>
            <span className="who">
              <strong>{each.reason || t(kindWords[each.kind])}</strong>
              <small>
                {spanOf(each)} · {each.section || t("calendar.school")}
              </small>
            </span>
            <Badge tone={tones[each.kind]}>{t(kindWords[each.kind])}</Badge>
            {mayRemove(each) && (
              <IconButton
                icon="close"
                words={t("calendar.remove", { what: each.reason || t(kindWords[each.kind]) })}
                onPress={() => remove(each)}
              />
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
