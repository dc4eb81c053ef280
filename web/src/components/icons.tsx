// Line icons on a grid of 24, drawn for these pages.
const paths = {
  today: "M4 20V10M10 20V4M16 20v-8M22 20H2",
  students:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M2 21c0-4 3-6 7-6s7 2 7 6M16 4a4 4 0 0 1 0 7M18 15c2.5.7 4 2.6 4 6",
  days: "M4 6h16v15H4zM4 11h16M8 3v5M16 3v5",
  check: "M9 4H6v17h12V4h-3M9 2.5h6v4H9zM9 14l2 2 4-4.5",
  dark: "M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10",
  light:
    "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.500M17.5 17.5 19 19M19 5l-1.5 1.500M6.5 17.5 5 19",
  wall: "M3 4h18v12H3zM8 21h8M12 16v5",
  unwall: "M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5",
  leave: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  unsure:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.9-1.1 1.7M12 17v.1",
  warning: "M12 4 2.5 20h19zM12 10v4M12 17v.1",
  card: "M3 6h18v13H3zM3 11h18M7 15h3",
  close: "M6 6l12 12M18 6 6 18",
  more: "M5 12v.1M12 12v.1M19 12v.1",
  menu: "M4 7h16M4 12h16M4 17h16",
  down: "M6 9l6 6 6-6",
  up: "M6 15l6-6 6 6",
  tick: "M5 12.5l4.500 4.500L19 7.500",
  minus: "M6 12h12",
  plus: "M12 5v14M5 12h14",
  edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  upload: "M12 16V5M7 9l5-5 5 5M4 20h16",
  print: "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
  bell: "M6 17V10a6 6 0 1 1 12 0v7l2 1H4zM10 21h4",
  schedules: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.500 2",
  calendar: "M4 6h16v15H4zM4 11h16M8 3v5M16 3v5M8 15h3",
  reports: "M5 20h14M7 20v-6M12 20V6M17 20V11",
  gates: "M4 21V6l8-3 8 3v15M8 21v-9h8v9",
  accounts: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 21c0-4 3-6 7-6s7 2 7 6",
  settings:
    "M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  audit: "M6 3h9l4 4v14H6zM9 11h7M9 15h7M9 7h3",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.500 9.500a2.500 2.500 0 1 1 3.600 2.300c-.8.4-1.100.9-1.100 1.700M12 17v.1",
  language: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden focusable={false}>
      <path d={paths[name]} />
    </svg>
  );
}
