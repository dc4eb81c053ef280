import { TextField } from "../../design/text_field";
import { t, type Word } from "../../i18n/words";
import { cellsOf, faultOf, linesOf, textOf, type Fault } from "./panel_text";

const faults: Record<Exclude<Fault, null>, Word> = {
  empty: "settings.line_empty",
  long: "settings.line_long",
  slash: "settings.line_slash",
};

interface Props {
  text: string; // "LINE/LINE"
  onChange: (text: string) => void;
}

// The two lines, and how the display at a gate shows them.
export function PanelField({ text, onChange }: Props) {
  const lines = linesOf(text);
  const fault = faultOf(lines);
  return (
    <div className="panel-field">
      <TextField
        label={t("settings.line_one")}
        value={lines[0]}
        onChange={(line) => onChange(`${line}/${lines[1]}`)}
        onBlur={() => fault === null && onChange(textOf(lines))}
        error={fault ? t(faults[fault]) : ""}
      />
      <TextField
        label={t("settings.line_two")}
        value={lines[1]}
        onChange={(line) => onChange(`${lines[0]}/${line}`)}
      />
      <figure className="lcd" aria-label={t("settings.preview")}>
        {lines.map((line, n) => (
          <div key={n} className="lcd-line">
            {cellsOf(line).map((each, cell) => (
              <span key={cell}>{each}</span>
            ))}
          </div>
        ))}
      </figure>
    </div>
  );
}
