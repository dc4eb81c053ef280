import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextArea } from "react-aria-components/TextArea";
import { TextField as AriaTextField, type TextFieldProps } from "react-aria-components/TextField";

interface Props extends Omit<TextFieldProps, "children" | "className" | "style"> {
  label: string;
  explain?: string; // stands below it
  error?: string; // makes it invalid
  placeholder?: string;
  lines?: number; // more than one: a text area
}

export function TextField({ label, explain, error = "", placeholder, lines = 1, ...more }: Props) {
  return (
    <AriaTextField {...more} className="field" isInvalid={error !== "" || undefined}>
      <Label>{label}</Label>
      {lines > 1 ? (
        <TextArea rows={lines} placeholder={placeholder} />
      ) : (
        <Input placeholder={placeholder} />
      )}
      {explain && (
        <Text slot="description" className="field-explain">
          {explain}
        </Text>
      )}
      <FieldError className="field-error">{error || undefined}</FieldError>
    </AriaTextField>
  );
}
