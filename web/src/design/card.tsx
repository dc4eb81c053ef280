import { useId, type ReactNode } from "react";

interface Props {
  title?: ReactNode;
  actions?: ReactNode; // beside the title
  children: ReactNode;
  label?: string; // spoken, where there is no title
}

export function Card({ title, actions, children, label }: Props) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={title ? id : undefined} aria-label={label}>
      {title && (
        <div className="card-head">
          <h2 id={id}>{title}</h2>
          {actions && <div className="card-actions">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
