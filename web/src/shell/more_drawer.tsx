// On a phone: the pages that have no room at the thumb, and what else a desk has at its side.
import { Dialog } from "../design/dialog";
import { t } from "../i18n/words";
import { NavLink } from "./frame";
import { placesFor } from "./navigation";
import { useUser } from "./session";
import { Tools, type Choices } from "./tools";

export default function MoreDrawer({ onClose, ...choices }: Choices & { onClose: () => void }) {
  const { name, role } = useUser();
  return (
    <Dialog title={name} size="drawer" onClose={onClose}>
      <nav className="drawer-links" aria-label={t("nav.more")}>
        {placesFor(role).map((each) => (
          <NavLink key={each.path} place={each} onGo={onClose} />
        ))}
      </nav>
      <Tools {...choices} />
    </Dialog>
  );
}
