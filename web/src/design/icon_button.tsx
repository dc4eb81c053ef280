import { Button as AriaButton, type ButtonProps } from "react-aria-components/Button";
import { Icon, type IconName } from "../components/icons";

interface Props extends Omit<ButtonProps, "children" | "className" | "style"> {
  icon: IconName;
  words: string; // what it does: spoken, and shown when the pointer rests on it
}

export function IconButton({ icon, words, ...more }: Props) {
  return (
    <span className="icon-button" title={words}>
      <AriaButton {...more} className="tool" aria-label={words}>
        <Icon name={icon} />
      </AriaButton>
    </span>
  );
}
