import { Button as AriaButton } from "react-aria-components/Button";
import { ComboBox as AriaComboBox } from "react-aria-components/ComboBox";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Text } from "react-aria-components/Text";
import { FieldError } from "react-aria-components/FieldError";
import { Icon } from "../components/icons";
import { t } from "../i18n/words";
import { plain } from "../search";

export interface Candidate {
  id: string;
  words: string;
  explain?: string; // a second line
}

export const least = 2; // letters for which a server searches

interface Props {
  label: string;
  items: Candidate[];
  value?: string; // the id that is chosen
  onChange: (id: string) => void; // "" when nothing is
  text?: string; // what is typed, where the page searches itself or takes new words
  onText?: (text: string) => void;
  isSearched?: boolean; // `items` are what the server found: all of them are shown
  mayBeNew?: boolean; // what is typed need not be in the list
  isRequired?: boolean;
  error?: string;
  explain?: string; // stands below it
  placeholder?: string;
  name?: string;
  autoFocus?: boolean;
}

// Searches while one types, without case and accents.
export function ComboBox(props: Props) {
  const {
    label,
    items,
    value,
    onChange,
    text,
    onText,
    mayBeNew,
    isSearched,
    error = "",
    explain,
    ...more
  } = props;
  return (
    <AriaComboBox
      {...more}
      className="field combo"
      defaultItems={items}
      selectedKey={value === undefined ? undefined : value || null}
      onSelectionChange={(key) => onChange(key === null ? "" : String(key))}
      inputValue={text}
      onInputChange={onText}
      allowsCustomValue={mayBeNew}
      allowsEmptyCollection={isSearched} // what was searched comes a moment later
      isInvalid={error !== "" || undefined}
      menuTrigger="focus"
      defaultFilter={(words, typed) => isSearched || plain(words).includes(plain(typed))}
    >
      <Label>{label}</Label>
      <div className="combo-box">
        <Input placeholder={props.placeholder} />
        <AriaButton className="combo-open" aria-label={t("act.open_list")}>
          <Icon name="down" />
        </AriaButton>
      </div>
      {explain && (
        <Text slot="description" className="field-explain">
          {explain}
        </Text>
      )}
      <FieldError className="field-error">{error || undefined}</FieldError>
      <Popover className="popover">
        <ListBox<Candidate>
          className="menu"
          renderEmptyState={() => (
            <p className="nothing">
              {t(
                isSearched && (text ?? "").trim().length < least ? "search.type" : "search.nobody",
              )}
            </p>
          )}
        >
          {(each) => (
            <ListBoxItem id={each.id} textValue={each.words} className="menu-item">
              <span>
                {each.words}
                {each.explain && <small>{each.explain}</small>}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaComboBox>
  );
}
