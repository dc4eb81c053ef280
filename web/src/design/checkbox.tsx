import { Checkbox as AriaCheckbox } from "react-aria-components/Checkbox";
import { Icon } from "../components/icons";

interface Props {
  words: string;
  isSelected: boolean;
  isIndeterminate?: boolean;
  isDisabled?: boolean;
  hideWords?: boolean; // for rows of a table, where they are spoken only
  onChange: (on: boolean) => void;
}

export const Checkbox = ({ words, hideWords = false, ...more }: Props) => (
  <AriaCheckbox {...more} className="checkbox">
    <span className="checkbox-box" aria-hidden>
      <Icon name={more.isIndeterminate ? "minus" : "tick"} />
    </span>
    <span className={hideWords ? "sr-only" : ""}>{words}</span>
  </AriaCheckbox>
);
