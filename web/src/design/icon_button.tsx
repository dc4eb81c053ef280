import { Icon, type IconName } from "../components/icons";

interface Props {
  icon: IconName;
  words: string; // what it does: spoken, and shown when the pointer rests on it
  onPress?: () => void;
  isDisabled?: boolean;
}

// The browser's own button: it stands around every page, and React Aria's is 13 kB of the first load.
export const IconButton = ({ icon, words, onPress, isDisabled }: Props) => (
  <span className="icon-button" title={words}>
    <button
      type="button"
      className="tool"
      aria-label={words}
      disabled={isDisabled}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  </span>
);
