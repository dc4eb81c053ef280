import type { ReactNode } from "react";
import { Icon, type IconName } from "../components/icons";

interface Props {
  icon: IconName;
  title: string;
  children?: ReactNode; // what to do next
  action?: ReactNode; // the button that does it
}

export const EmptyState = ({ icon, title, children, action }: Props) => (
  <div className="empty">
    <span className="token token-good">
      <Icon name={icon} />
    </span>
    <h2>{title}</h2>
    {children && <p className="soft">{children}</p>}
    {action}
  </div>
);
