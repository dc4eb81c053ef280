// Every page: where it is, who sees it, and what loads it. A new page is one entry here; its module is
// fetched when somebody goes there.
import type { ComponentType } from "react";
import type { IconName } from "../components/icons";
import type { Word } from "../i18n/words";
import type { Role } from "../types";

export interface Place {
  path: string; // as wouter reads it: "/people/:person?"
  words: Word;
  icon: IconName;
  roles: readonly Role[]; // who finds it in the navigation; what they see, the server decides
  group: "day" | "school" | "office";
  phone?: boolean; // at the thumb on a phone; four at most, the others are behind "More"
  badge?: "checks"; // counts what waits there
  load: () => Promise<{ default: ComponentType }>;
}

const staff: readonly Role[] = ["admin", "adviser", "teacher"];

export const places: readonly Place[] = [
  // The day
  {
    path: "/",
    words: "nav.today",
    icon: "today",
    roles: staff,
    group: "day",
    phone: true,
    load: () => import("../pages/today"),
  },
  {
    path: "/corrections/:part?",
    words: "nav.corrections",
    icon: "check",
    roles: staff,
    group: "day",
    phone: true,
    badge: "checks",
    load: () => import("../pages/corrections"),
  },
  {
    path: "/days/:day?",
    words: "nav.days",
    icon: "days",
    roles: staff,
    group: "day",
    phone: true,
    load: () => import("../pages/past_days"),
  },
  // The school
  {
    path: "/people/:person?",
    words: "nav.people",
    icon: "students",
    roles: staff,
    group: "school",
    phone: true,
    load: () => import("../pages/people"),
  },
  {
    path: "/schedules/:part?",
    words: "nav.schedules",
    icon: "schedules",
    roles: staff,
    group: "school",
    load: () => import("../pages/schedules"),
  },
  {
    path: "/calendar",
    words: "nav.calendar",
    icon: "calendar",
    roles: staff,
    group: "school",
    load: () => import("../pages/calendar"),
  },
  // The office
  {
    path: "/reports",
    words: "nav.reports",
    icon: "reports",
    roles: staff,
    group: "office",
    load: () => import("../pages/reports"),
  },
  {
    path: "/accounts/:part?",
    words: "nav.accounts",
    icon: "accounts",
    roles: staff,
    group: "office",
    load: () => import("../pages/accounts"),
  },
  {
    path: "/settings",
    words: "nav.settings",
    icon: "settings",
    roles: ["admin"],
    group: "office",
    load: () => import("../pages/settings"),
  },
  {
    path: "/audit",
    words: "nav.audit",
    icon: "audit",
    roles: ["admin"],
    group: "office",
    load: () => import("../pages/audit"),
  },
  {
    path: "/gates",
    words: "nav.gates",
    icon: "gates",
    roles: staff,
    group: "office",
    load: () => import("../pages/gates"),
  },
  {
    path: "/help",
    words: "nav.help",
    icon: "help",
    roles: staff,
    group: "office",
    load: () => import("../pages/help"),
  },
];

// Addresses of before, and what is there now.
export const moved: readonly [string, string][] = [
  ["/students", "/people"],
  ["/check", "/corrections/check"],
];

// "/people/:person?" is linked as "/people".
export const linkOf = (place: Place) => place.path.replace(/\/:.*$/, "") || "/";

export const placesFor = (role: Role) => places.filter((each) => each.roles.includes(role));
