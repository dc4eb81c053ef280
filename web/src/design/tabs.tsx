import { useEffect, useRef, type ReactNode } from "react";
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

export function Tabs({ label, tabs, chosen, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (list.current !== null) bringIntoSight(list.current);
  }, [chosen]);
  return (
    <AriaTabs
      className="tabs"
      selectedKey={chosen}
      onSelectionChange={(key) => onChoose?.(String(key))}
    >
      <TabList ref={list} aria-label={label} className="tab-list">
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
}

// The chosen one, on a phone that has no room for all; the page itself stays where it is.
function bringIntoSight(list: HTMLDivElement) {
  const tab = list.querySelector('[aria-selected="true"]')?.getBoundingClientRect();
  if (tab === undefined) return;
  const { left, right } = list.getBoundingClientRect();
  if (tab.left < left || tab.right > right) {
    list.scrollLeft += (tab.left + tab.right - left - right) / 2;
  }
}
