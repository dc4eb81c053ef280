import { useId, useState, type FormEvent } from "react";
import { messageOf } from "../../api/problem";
import { Button } from "../../design/button";
import { ComboBox } from "../../design/combo_box";
import { Switch } from "../../design/switch";
import { TextField } from "../../design/text_field";
import { t, type Word } from "../../i18n/words";
import { plain } from "../../search";
import type { Kind } from "./known";
import { PanelField } from "./panel_field";
import type { Setting, Value } from "./use_settings";
import { WordsField } from "./words_field";

interface Props {
  setting: Setting;
  words: string;
  explain: string;
  kind: Kind;
  onChange: (value: Value) => Promise<unknown>;
}

// One decision: what it is, what it means, and what holds now.
export function SettingRow({ setting, words, explain, kind, onChange }: Props) {
  const [error, setError] = useState("");
  const save = async (value: Value) => {
    setError("");
    try {
      await onChange(value);
      return true;
    } catch (failure) {
      setError(messageOf(failure));
      return false;
    }
  };
  return (
    <li className="setting" data-testid="setting" data-key={setting.key}>
      {kind === "switch" ? (
        <Switch
          words={words}
          isSelected={setting.value === true}
          onChange={(on) => void save(on)}
        />
      ) : (
        <TextForm {...{ setting, words, kind }} onSave={save} />
      )}
      <p className="soft">
        {explain} {!setting.said && <em>{t("settings.default")}</em>}
      </p>
      <p className="error" role="alert">
        {error}
      </p>
    </li>
  );
}

interface FormProps {
  setting: Setting;
  words: string;
  kind: Exclude<Kind, "switch">;
  onSave: (value: Value) => Promise<boolean>; // whether it was taken
}

// What is typed holds when it is saved.
function TextForm({ setting, words, kind, onSave }: FormProps) {
  const [typed, setText] = useState<string | null>(null); // stays while it is not taken
  const text = typed ?? setting.text;
  const id = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (text === setting.text || !(await onSave(text.trim()))) return;
    setText((now) => (now === text ? null : now)); // unless something else was typed meanwhile
  };
  return (
    <form className="setting-form" onSubmit={submit} aria-labelledby={id}>
      <span id={id} className="sr-only">
        {words}
      </span>
      <Field kind={kind} words={words} text={text} onChange={setText} />
      {text !== setting.text && (
        <>
          <Button tone="main" type="submit">
            {t("settings.save")}
          </Button>
          <Button tone="quiet" onPress={() => setText(null)}>
            {t("act.cancel")}
          </Button>
        </>
      )}
    </form>
  );
}

const units: Record<"minutes" | "days" | "milliseconds", Word> = {
  minutes: "settings.unit_minutes",
  days: "settings.unit_days",
  milliseconds: "settings.unit_milliseconds",
};

interface FieldProps {
  kind: Exclude<Kind, "switch">;
  words: string;
  text: string;
  onChange: (text: string) => void;
}

function Field({ kind, words, text, onChange }: FieldProps) {
  switch (kind) {
    case "panel":
      return <PanelField text={text} onChange={onChange} />;
    case "zone":
      return (
        <ComboBox
          label={words}
          items={zonesLike(text)}
          isSearched
          text={text}
          mayBeNew
          onText={onChange}
          onChange={(zone) => zone !== "" && onChange(zone)}
        />
      );
    case "words":
      return <WordsField words={words} text={text} onChange={onChange} />;
    case "line":
      return <TextField label={words} value={text} onChange={onChange} />;
    default:
      return (
        <div className="with-unit">
          <TextField label={words} value={text} inputMode="numeric" onChange={onChange} />
          <span className="soft">{t(units[kind])}</span>
        </div>
      );
  }
}

const zones = [...new Set(["Asia/Manila", ...Intl.supportedValuesOf("timeZone")])];
const most = 30; // of the world's zones, which are hundreds

const zonesLike = (text: string) =>
  zones
    .filter((each) => plain(each).includes(plain(text.trim().replaceAll(" ", "_"))))
    .slice(0, most)
    .map((each) => ({ id: each, words: each }));
