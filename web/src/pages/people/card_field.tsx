// A card: typed, or held to a gate, which turns it away because nobody has it yet.
import { useEffect, useRef, useState } from "react";
import { server } from "../../api/client";
import { Checkbox } from "../../design/checkbox";
import { Select } from "../../design/select";
import { TextField } from "../../design/text_field";
import { t } from "../../i18n/words";
import { useSchool } from "../../shell/school";
import { clock } from "../../words";

const askEvery = 2_000; // milliseconds, besides what the live feed tells
const mostShown = 4;

interface Props {
  label: string;
  value: string;
  autoFocus?: boolean;
  wasRefused?: boolean; // perhaps because it was somebody else's; then it can be said that it came back
  isReturned?: boolean;
  onChange: (card: string) => void;
  onReturned: (isReturned: boolean) => void;
}

interface Unknown {
  terminal: string;
  nfc_id: string;
  at: string;
  times: number;
}

const keyOf = (each: Unknown) => `${each.terminal} ${each.nfc_id}`;
const stateOf = (each: Unknown) => `${each.at} ${each.times}`;

export function CardField({
  label,
  value,
  autoFocus,
  wasRefused = false,
  isReturned = false,
  onChange,
  onReturned,
}: Props) {
  const { state, gateName } = useSchool();
  const [gate, setGate] = useState("");
  const [read, setRead] = useState<Unknown | null>(null);
  const { data, refetch } = server.useQuery("get", "/api/cards/unknown", undefined, {
    refetchInterval: askEvery,
    staleTime: 0,
    meta: { saysItself: true },
  });
  const told = state.refusals[0]?.timestamp;
  useEffect(() => void refetch(), [told, refetch]);

  // What was turned away before the form was opened is no answer to it.
  const before = useRef<Map<string, string> | null>(null);
  const cards = data?.data;
  useEffect(() => {
    if (cards === undefined) return;
    const known = before.current;
    before.current = new Map(cards.map((each) => [keyOf(each), stateOf(each)]));
    if (known === null) return;
    const fresh = cards.find(
      (each) => known.get(keyOf(each)) !== stateOf(each) && (gate === "" || each.terminal === gate),
    );
    if (fresh === undefined) return;
    setRead(fresh);
    onChange(fresh.nfc_id);
  }, [cards, gate, onChange]);

  const lately = (cards ?? []).filter((each) => gate === "" || each.terminal === gate);
  const silent = state.terminals.some((each) => each.name === gate && !each.online);
  return (
    <div className="card-field">
      <TextField
        label={label}
        value={value}
        onChange={onChange}
        isRequired
        autoFocus={autoFocus}
        autoComplete="off"
        spellCheck="false"
      />
      {(wasRefused || isReturned) && (
        <Checkbox words={t("cardfield.returned")} isSelected={isReturned} onChange={onReturned} />
      )}
      {state.terminals.length > 0 && (
        <div className="card-read">
          <Select
            label={t("cardfield.gate")}
            value={gate}
            testId="card-gate"
            options={[
              { value: "", words: t("cardfield.any_gate") },
              ...state.terminals.map((each) => ({ value: each.name, words: each.label })),
            ]}
            onChange={setGate}
          />
          <p role="status" className={read ? "read-done" : "read-waits"} data-testid="card-status">
            {read
              ? t("cardfield.read", { card: read.nfc_id, gate: gateName(read.terminal) })
              : silent
                ? t("cardfield.silent", { gate: gateName(gate) })
                : gate === ""
                  ? t("cardfield.wait_any")
                  : t("cardfield.wait", { gate: gateName(gate) })}
          </p>
          {lately.length > 0 && (
            <fieldset className="lately">
              <legend>{t("cardfield.lately")}</legend>
              {lately.slice(0, mostShown).map((each) => (
                <button
                  key={keyOf(each)}
                  type="button"
                  className="small"
                  aria-pressed={each.nfc_id === value}
                  onClick={() => onChange(each.nfc_id)}
                >
                  {each.nfc_id}{" "}
                  <span className="soft">
                    {gateName(each.terminal)}, {clock(each.at, state.day)}
                  </span>
                </button>
              ))}
            </fieldset>
          )}
        </div>
      )}
    </div>
  );
}
