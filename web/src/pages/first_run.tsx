import { useState, type ReactNode } from "react";
import { server } from "../api/client";
import { Icon } from "../components/icons";
import { Button } from "../design/button";
import { t, type Word } from "../i18n/words";
import { keep, kept } from "../kept";
import { useSchool } from "../shell/school";
import { FirstGate } from "./first_run/first_gate";
import { FirstTap } from "./first_run/first_tap";
import { RosterStep } from "./first_run/roster_step";
import { ZoneStep } from "./first_run/zone_step";
import { guideAway, stepsDone } from "./today/guide";
import "../styles/first_run.css";

const zoneSeen = "tamtap.guide.zone"; // a server starts with a zone; somebody must have looked at it

// From an empty school to its first tap, in four steps. It is there until the first tap has come, and
// whoever wants it away puts it away.
export default function FirstRun() {
  const { state } = useSchool();
  const [away, setAway] = useState(false);
  const { people, gate, tapped } = stepsDone(state);
  const { data } = server.useQuery("get", "/api/admin/settings");
  const [sawZone, setSawZone] = useState(() => kept(zoneSeen) === "seen");
  const [open, setOpen] = useState("");
  const [began] = useState(() => Date.now());
  if (away || data === undefined) return null;
  const zone = data.settings.find((each) => each.key === "timezone");
  const steps: StepOf[] = [
    {
      id: "zone",
      words: "guide.zone",
      done: sawZone || people,
      content: (
        <ZoneStep
          known={zone?.said ? zone.text : state.clock.zone}
          onSet={() => {
            keep(zoneSeen, "seen");
            setSawZone(true);
          }}
        />
      ),
    },
    { id: "roster", words: "guide.roster", done: people, content: <RosterStep /> },
    {
      id: "gate",
      words: "guide.gate",
      done: gate,
      content: <FirstGate onBusy={(busy) => setOpen(busy ? "gate" : "")} />,
    },
    { id: "tap", words: "guide.tap", done: tapped, content: <FirstTap began={began} /> },
  ];
  const next = steps.find((each) => !each.done)?.id ?? "";
  const close = () => {
    keep(guideAway, "away");
    setAway(true);
  };
  return (
    <section className="card guide" aria-labelledby="guide-title" data-testid="guide">
      <div className="card-head">
        <h2 id="guide-title">{t("guide.title")}</h2>
        <Button tone="quiet" onPress={close}>
          {t("guide.away")}
        </Button>
      </div>
      <p className="soft">{t("guide.explain")}</p>
      <ol className="guide-steps">
        {steps.map((each, n) => (
          <Step
            key={each.id}
            number={n + 1}
            step={each}
            open={(open || next) === each.id}
            onOpen={() => setOpen((before) => ((before || next) === each.id ? "none" : each.id))}
          />
        ))}
      </ol>
    </section>
  );
}

interface StepOf {
  id: string;
  words: Word;
  done: boolean;
  content: ReactNode;
}

interface StepProps {
  number: number;
  step: StepOf;
  open: boolean;
  onOpen: () => void;
}

const Step = ({ number, step, open, onOpen }: StepProps) => (
  <li
    className={step.done ? "guide-step guide-done" : "guide-step"}
    data-testid={`step-${step.id}`}
    data-done={step.done}
  >
    <button type="button" className="guide-head" aria-expanded={open} onClick={onOpen}>
      <span className="guide-number">{step.done ? <Icon name="tick" /> : number}</span>
      <span>{t(step.words)}</span>
      {step.done && <span className="sr-only">{t("guide.done")}</span>}
    </button>
    {open && <div className="guide-body">{step.content}</div>}
  </li>
);
