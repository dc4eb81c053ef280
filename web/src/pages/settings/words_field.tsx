import { TextField } from "../../design/text_field";
import { t } from "../../i18n/words";
import { useSettings } from "./use_settings";
import { previewOf } from "./words_text";

interface Props {
  words: string;
  text: string;
  onChange: (text: string) => void;
}

// A text to guardians, and how one of them would read it.
export function WordsField({ words, text, onChange }: Props) {
  const { data } = useSettings();
  const school = data?.settings.find((each) => each.key === "school.name")?.text ?? "";
  const preview = previewOf(text, school, new Date().toISOString().slice(0, 10));
  return (
    <div className="words-field">
      <TextField label={words} value={text} lines={3} maxLength={400} onChange={onChange} />
      <figure aria-label={t("settings.words_preview")}>
        <p data-testid="words-preview">{preview}</p>
      </figure>
    </div>
  );
}
