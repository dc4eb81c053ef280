import type { ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode; // filters
  actions?: ReactNode; // buttons
}

// The one h1 of a page.
export const PageHeader = ({ title, children, actions }: Props) => (
  <div className="headline">
    <h1>{title}</h1>
    {children}
    {actions && <div className="headline-actions">{actions}</div>}
  </div>
);
