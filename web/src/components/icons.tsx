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
};

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
