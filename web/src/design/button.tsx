import { Button as AriaButton, type ButtonProps } from "react-aria-components/Button";
import type { ReactNode } from "react";
import { Icon, type IconName } from "../components/icons";

interface Props extends Omit<ButtonProps, "children" | "className" | "style"> {
  children: ReactNode;
  tone?: "main" | "plain" | "quiet" | "bad"; // one main button a page or dialog
  icon?: IconName;
  testId?: string;
}

// While isPending it stays where it is and keeps the focus, but does nothing.
export function Button({ children, tone = "plain", icon, testId, ...more }: Props) {
  return (
    <AriaButton {...more} className={`button button-${tone}`} data-testid={testId}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </AriaButton>
  );
}
