import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components/Tabs";

export interface TabOf {
  id: string;
  words: string;
  content: ReactNode;
}

interface Props {
  label: string;
  tabs: TabOf[];
  chosen?: string;
  onChoose?: (id: string) => void;
}

export const Tabs = ({ label, tabs, chosen, onChoose }: Props) => (
  <AriaTabs
    className="tabs"
    selectedKey={chosen}
    onSelectionChange={(key) => onChoose?.(String(key))}
  >
    <TabList aria-label={label} className="tab-list">
      {tabs.map((each) => (
        <Tab key={each.id} id={each.id} className="tab">
          {each.words}
        </Tab>
      ))}
    </TabList>
    {tabs.map((each) => (
      <TabPanel key={each.id} id={each.id} className="tab-panel">
        {each.content}
      </TabPanel>
    ))}
  </AriaTabs>
);
