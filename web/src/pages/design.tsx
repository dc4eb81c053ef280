// All parts of src/design in one place, with nothing of a school's: to look at when one is changed.
import { useMemo, useState } from "react";
import type { AppChoices } from "../app";
import { Badge, Count } from "../design/badge";
import { Button } from "../design/button";
import { Calendar } from "../design/calendar";
import { Card } from "../design/card";
import Chart from "../design/chart";
import { Checkbox } from "../design/checkbox";
import { Choice } from "../design/choice";
import { ComboBox } from "../design/combo_box";
import { ConfirmDialog } from "../design/confirm_dialog";
import { DateField } from "../design/date_field";
import { Dialog, DialogEnd } from "../design/dialog";
import { EmptyState } from "../design/empty_state";
import { ErrorMessage } from "../design/error_message";
import { IconButton } from "../design/icon_button";
import { Menu } from "../design/menu";
import { PageHeader } from "../design/page_header";
import { Progress } from "../design/progress";
import { SearchField } from "../design/search_field";
import { Select } from "../design/select";
import { Switch } from "../design/switch";
import { Table, type Column } from "../design/table";
import { Tabs } from "../design/tabs";
import { TextField } from "../design/text_field";
import { toast } from "../design/toast";
import { LanguageChoice } from "../shell/language_choice";

const colours = "paper card raised ink soft line green gold gold-fill red on-time very-late excused good-bg late-bg bad-bg excused-bg".split(" "); // prettier-ignore

interface Row {
  id: string;
  name: string;
  section: string;
}

const rows: Row[] = Array.from({ length: 10_000 }, (_, n) => ({
  id: String(n + 1),
  name: `Row ${n + 1}`,
  section: ["Narra", "Molave", "Yakal"][n % 3],
}));

const columns: Column<Row>[] = [
  { id: "name", words: "Name", sort: (each) => each.name, cell: (each) => each.name },
  { id: "section", words: "Section", sort: (each) => each.section, cell: (each) => each.section },
];

const xs = Array.from({ length: 20 }, (_, n) => n + 1);

export default function Design({ theme, onTheme, onLanguage }: AppChoices) {
  return (
    <main id="content" className="design">
      <div className="page">
        <PageHeader
          title="Design"
          actions={
            <>
              <LanguageChoice onLanguage={onLanguage} />
              <IconButton
                icon={theme === "dark" ? "light" : "dark"}
                words={theme === "dark" ? "Light colours" : "Dark colours"}
                onPress={onTheme}
              />
            </>
          }
        />
        <Card title="Colours">
          <ul className="swatches">
            {colours.map((each) => (
              <li key={each}>
                <svg width="48" height="48" aria-hidden>
                  <rect width="48" height="48" rx="12" style={{ fill: `var(--${each})` }} />
                </svg>
                {each}
              </li>
            ))}
          </ul>
        </Card>
        <Buttons />
        <Fields />
        <Overlays />
        <Words />
        <Figures />
        <Card title="Table">
          <Rows />
        </Card>
      </div>
    </main>
  );
}

const Buttons = () => (
  <Card title="Button" actions={<Button tone="quiet">Quiet</Button>}>
    <div className="design-row">
      <Button tone="main">Main</Button>
      <Button>Plain</Button>
      <Button icon="plus">With an icon</Button>
      <Button tone="bad">Bad</Button>
      <Button isDisabled>Disabled</Button>
      <Button tone="main" isPending>
        Pending
      </Button>
      <IconButton icon="edit" words="Edit" />
    </div>
  </Card>
);

function Fields() {
  const [day, setDay] = useState("2026-11-23");
  const [section, setSection] = useState("Narra");
  const [one, setOne] = useState("");
  const [search, setSearch] = useState("");
  const [on, setOn] = useState(true);
  return (
    <Card title="Fields">
      <div className="design-fields">
        <TextField label="Text" explain="What stands below it." />
        <TextField label="Text that is wrong" defaultValue="07:99" error="Minutes go up to 59." />
        <TextField label="Several lines" lines={3} />
        <SearchField label="Search" value={search} placeholder="Name" onChange={setSearch} />
        <Select
          label="Select"
          value={section}
          options={["Narra", "Molave"].map((each) => ({ value: each, words: each }))}
          onChange={setSection}
        />
        <ComboBox
          label="Combo box"
          value={one}
          onChange={setOne}
          items={rows.slice(0, 40).map((each) => ({ id: each.id, words: each.name }))}
        />
        <DateField label="Date" value={day} onChange={setDay} />
        <div>
          <Switch words="Switch" isSelected={on} onChange={setOn} />
          <br />
          <Checkbox words="Checkbox" isSelected={on} onChange={setOn} />
        </div>
        <Choice
          label="Choice"
          value={on ? "on" : "off"}
          options={[
            { value: "on", words: "On" },
            { value: "off", words: "Off" },
          ]}
          onChange={(value) => setOn(value === "on")}
        />
        <Calendar label="Calendar" value={day} onChange={setDay} />
      </div>
    </Card>
  );
}

function Overlays() {
  const [open, setOpen] = useState("");
  const close = () => setOpen("");
  return (
    <Card title="Dialog, menu, toast">
      <div className="design-row">
        <Button onPress={() => setOpen("dialog")}>Open a dialog</Button>
        <Button onPress={() => setOpen("confirm")}>Ask to confirm</Button>
        <Menu
          words="Open a menu"
          icon="down"
          items={[
            { id: "edit", words: "Edit", icon: "edit", onAction: () => toast("Edited.") },
            { id: "leave", words: "Remove", bad: true, onAction: () => toast("Removed.", "bad") },
          ]}
        />
        <Button onPress={() => toast("The section is saved.")}>Toast</Button>
        <Button onPress={() => toast("The server cannot be reached just now.", "bad")}>
          Bad toast
        </Button>
      </div>
      {open === "dialog" && (
        <Dialog title="A dialog" onClose={close}>
          <TextField label="Name" autoFocus />
          <DialogEnd>
            <Button onPress={close}>Cancel</Button>
            <Button tone="main" onPress={close}>
              Save
            </Button>
          </DialogEnd>
        </Dialog>
      )}
      {open === "confirm" && (
        <ConfirmDialog
          title="Remove the row?"
          action="Remove"
          bad
          onConfirm={() => Promise.reject(new Error("The server said no."))}
          onClose={close}
        >
          <p>What it means stands here.</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}

const Words = () => (
  <Card
    title={
      <>
        Badges and messages <Count value={3} />
      </>
    }
  >
    <div className="design-row">
      <Badge>Plain</Badge>
      <Badge tone="good">Good</Badge>
      <Badge tone="waiting">Waiting</Badge>
      <Badge tone="bad">Bad</Badge>
      <Badge tone="excused">Excused</Badge>
    </div>
    <ErrorMessage error={new Error("The school has no such section.")} onRetry={() => undefined} />
    <Progress words="Importing" value={40} onCancel={() => undefined} />
    <Progress words="How long is not known" />
    <Tabs
      label="Tabs"
      tabs={[
        { id: "week", words: "Week", content: <p>The week.</p> },
        { id: "month", words: "Month", content: <p>The month.</p> },
      ]}
    />
    <EmptyState icon="calendar" title="No holiday yet" action={<Button>Add one</Button>}>
      Days without classes stand here.
    </EmptyState>
  </Card>
);

function Figures() {
  const series = useMemo(
    () => [
      { words: "On time", color: "on-time", values: xs.map((x) => 80 + 10 * Math.sin(x)) },
      { words: "Late", color: "gold-fill", values: xs.map((x) => 8 + 5 * Math.cos(x)) },
    ],
    [],
  );
  return (
    <Card title="Chart">
      <Chart label="Two made-up lines" xs={xs} series={series} />
    </Card>
  );
}

function Rows() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return (
    <Table
      label="Ten thousand rows"
      rows={rows}
      columns={columns}
      idOf={(each) => each.id}
      nameOf={(each) => each.name}
      selected={selected}
      onSelect={setSelected}
      onPress={(each) => toast(each.name)}
    />
  );
}
