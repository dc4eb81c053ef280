import { useState, type FormEvent } from "react";
import { messageOf } from "../../api/problem";
import { Button } from "../../design/button";
import { Dialog, DialogEnd } from "../../design/dialog";
import { toast } from "../../design/toast";
import { t } from "../../i18n/words";
import { CardField } from "./card_field";
import { changePerson, type Person, type Seen } from "./person";

interface Props {
  seen: Seen;
  onDone: (person: Person) => void;
  onClose: () => void;
}

// Somebody who lost their card is given another one; the lost one is refused from then on.
export default function NewCard({ seen, onDone, onClose }: Props) {
  const { person } = seen;
  const [card, setCard] = useState("");
  const [isReturned, setReturned] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError("");
    try {
      const changed = await changePerson(seen, {
        nfc_id: card.trim(),
        ...(isReturned && { returned: true }),
      });
      toast(t("claim.given", { name: changed.name }));
      onDone(changed);
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("newcard.title", { name: person.name })} onClose={onClose} keepOpen>
      <form className="dialog-body" onSubmit={submit} aria-busy={busy}>
        <p className="explain">{t("newcard.explain", { card: person.nfc_id })}</p>
        <CardField
          label={t("newcard.card")}
          value={card}
          wasRefused={error !== ""}
          isReturned={isReturned}
          onChange={setCard}
          onReturned={setReturned}
          autoFocus
        />
        <p className="error" role="alert">
          {error}
        </p>
        <DialogEnd>
          <Button onPress={onClose}>{t("act.cancel")}</Button>
          <Button type="submit" tone="main" isPending={busy} isDisabled={card.trim() === ""}>
            {t("newcard.give")}
          </Button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}
