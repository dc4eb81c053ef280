import { Button } from "../../design/button";
import { Card } from "../../design/card";
import { t } from "../../i18n/words";

interface Props {
  names: string[];
  onVoid: (gate: string) => void;
  onAgain: (gate: string) => void;
}

export function ShutOutGates({ names, onVoid, onAgain }: Props) {
  if (names.length === 0) return null;
  return (
    <Card title={t("gates.out")}>
      <p className="soft">{t("gates.out_explain")}</p>
      <ul className="rows">
        {names.map((each) => (
          <li key={each} data-testid="shut-out" data-name={each}>
            <span className="who">
              <strong>{each}</strong>
            </span>
            <span className="day-of">
              <Button aria-label={t("gates.void_of", { gate: each })} onPress={() => onVoid(each)}>
                {t("gates.void")}
              </Button>
              <Button
                aria-label={t("gates.again_of", { gate: each })}
                onPress={() => onAgain(each)}
              >
                {t("gates.again")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
