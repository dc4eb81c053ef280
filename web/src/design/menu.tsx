import { Button as AriaButton } from "react-aria-components/Button";
import { Menu as AriaMenu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Icon, type IconName } from "../components/icons";
import { Button } from "./button";

export interface MenuAction {
  id: string;
  words: string;
  icon?: IconName;
  bad?: boolean;
  disabled?: boolean;
  onAction: () => void;
}

interface Props {
  words: string;
  icon?: IconName;
  iconOnly?: boolean;
  items: MenuAction[];
}

// A button that opens a menu.
export function Menu({ words, icon, iconOnly = false, items }: Props) {
  return (
    <MenuTrigger>
      {iconOnly ? (
        <span className="icon-button" title={words}>
          <AriaButton className="tool" aria-label={words}>
            <Icon name={icon ?? "more"} />
          </AriaButton>
        </span>
      ) : (
        <Button icon={icon}>{words}</Button>
      )}
      <Popover className="popover">
        <AriaMenu className="menu">
          {items.map((each) => (
            <MenuItem
              key={each.id}
              id={each.id}
              textValue={each.words}
              className={each.bad ? "menu-item menu-item-bad" : "menu-item"}
              isDisabled={each.disabled}
              onAction={each.onAction}
            >
              {each.icon && <Icon name={each.icon} />}
              <span>{each.words}</span>
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
