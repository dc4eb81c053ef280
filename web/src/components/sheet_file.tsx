// A sheet is chosen: by the button, or dropped.
import { useId, useState, type DragEvent } from "react";
import { t } from "../i18n/words";
import { Icon } from "./icons";

interface Props {
  file: File | null;
  explain: string; // what stands in it
  onChoose: (file: File) => void;
}

export function SheetFile({ file, explain, onChoose }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped) onChoose(dropped);
  };
  return (
    <div
      className={over ? "sheet-drop sheet-over" : "sheet-drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <span className="token token-good">
        <Icon name="upload" />
      </span>
      <p>
        <strong>{file ? file.name : t("sheet.drop")}</strong>
      </p>
      {file === null && <p className="soft">{explain}</p>}
      <input
        id={id}
        className="sr-only sheet-input"
        type="file"
        accept=".csv,.xlsx,.txt,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen) onChoose(chosen);
          event.currentTarget.value = ""; // the same file, mended, may be chosen again
        }}
      />
      <label className={file ? "button" : "button button-main"} htmlFor={id}>
        {file ? t("sheet.other") : t("sheet.choose")}
      </label>
    </div>
  );
}
