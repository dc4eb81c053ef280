import { Label } from "react-aria-components/Label";
import { ProgressBar } from "react-aria-components/ProgressBar";
import { t } from "../i18n/words";
import { Button } from "./button";

interface Props {
  words: string;
  value?: number; // 0 to 100; without, how long it takes is not known
  onCancel?: () => void;
}

export const Progress = ({ words, value, onCancel }: Props) => (
  <div className="progress">
    <ProgressBar className="progress-bar" value={value} isIndeterminate={value === undefined}>
      {({ percentage, valueText }) => (
        <>
          <span className="progress-words">
            <Label>{words}</Label>
            <span>{valueText}</span>
          </span>
          <svg className="progress-track" aria-hidden focusable={false}>
            <rect
              width={`${percentage ?? 30}%`}
              height="100%"
              className={percentage === undefined ? "progress-unknown" : ""}
            />
          </svg>
        </>
      )}
    </ProgressBar>
    {onCancel && <Button onPress={onCancel}>{t("act.cancel")}</Button>}
  </div>
);
