import { useState } from "react";
import { Dialog } from "../../design/dialog";
import { DialogForm } from "../../design/dialog_form";
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
  const [wasRefused, setRefused] = useState(false);
  const [isReturned, setReturned] = useState(false);
  const give = async () => {
    const changed = await changePerson(seen, {
      nfc_id: card.trim(),
      ...(isReturned && { returned: true }),
    });
    toast(t("claim.given", { name: changed.name }));
    onDone(changed);
  };
  return (
    <Dialog title={t("newcard.title", { name: person.name })} onClose={onClose} keepOpen>
      <DialogForm
        action={t("newcard.give")}
        onSend={give}
        onClose={onClose}
        onRefused={() => setRefused(true)}
        isDisabled={card.trim() === ""}
      >
        <p className="explain">{t("newcard.explain", { card: person.nfc_id })}</p>
        <CardField
          label={t("newcard.card")}
          value={card}
          wasRefused={wasRefused}
          isReturned={isReturned}
          onChange={setCard}
          onReturned={setReturned}
          autoFocus
        />
      </DialogForm>
    </Dialog>
  );
}
