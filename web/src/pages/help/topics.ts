// What the help page says, made from docs/: who reads it, and where to go from there.
import type { IconName } from "../../components/icons";
import type { Word } from "../../i18n/words";
import type { Role } from "../../types";

export interface Topic {
  id: string; // /help#id
  icon: IconName;
  title: Word;
  lines: Word[];
  roles: readonly Role[];
  link?: { to: string; words: Word };
}

const everybody: readonly Role[] = ["admin", "adviser", "teacher"];
const admins: readonly Role[] = ["admin"];

export const topics: Topic[] = [
  {
    id: "start",
    icon: "plus",
    title: "help.start",
    lines: ["help.start_1", "help.start_2"],
    roles: admins,
    link: { to: "/", words: "nav.today" },
  },
  {
    id: "day",
    icon: "today",
    title: "help.day",
    lines: ["help.day_1", "help.day_2", "help.day_3"],
    roles: everybody,
  },
  {
    id: "behind",
    icon: "unsure",
    title: "help.behind",
    lines: ["help.behind_1", "help.behind_2"],
    roles: everybody,
  },
  {
    id: "cards",
    icon: "card",
    title: "help.cards",
    lines: ["help.cards_1", "help.cards_2"],
    roles: everybody,
  },
  {
    id: "gates",
    icon: "gates",
    title: "help.gates",
    lines: ["help.gates_1", "help.gates_2", "help.gates_3"],
    roles: everybody,
    link: { to: "/gates", words: "nav.gates" },
  },
  {
    id: "silent",
    icon: "warning",
    title: "help.silent",
    lines: ["help.silent_1", "gates.look_power", "gates.look_network", "gates.look_server"],
    roles: everybody,
  },
  {
    id: "refused",
    icon: "close",
    title: "help.refused",
    lines: ["help.refused_1", "help.refused_2"],
    roles: everybody,
  },
  {
    id: "shut-out",
    icon: "leave",
    title: "help.out",
    lines: ["help.out_1", "help.out_2"],
    roles: admins,
  },
  {
    id: "wall",
    icon: "wall",
    title: "help.wall",
    lines: ["help.wall_1"],
    roles: everybody,
    link: { to: "/wall", words: "tools.wall" },
  },
];
