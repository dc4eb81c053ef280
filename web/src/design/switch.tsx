import { Switch as AriaSwitch } from "react-aria-components/Switch";

interface Props {
  words: string;
  isSelected: boolean;
  isDisabled?: boolean;
  onChange: (on: boolean) => void;
}

// On or off, at once; in a form that is sent later, Checkbox.
export const Switch = ({ words, ...more }: Props) => (
  <AriaSwitch {...more} className="switch">
    <span className="switch-track" aria-hidden />
    {words}
  </AriaSwitch>
);
