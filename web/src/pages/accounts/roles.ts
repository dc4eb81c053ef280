import type { Tone } from "../../design/badge";
import type { Word } from "../../i18n/words";
import type { Role } from "../../types";

export const roleWords: Record<Role, Word> = {
  admin: "role.admin",
  adviser: "role.adviser",
  teacher: "role.teacher",
};

export const roleExplained: Record<Role, Word> = {
  admin: "role.admin_explain",
  adviser: "role.adviser_explain",
  teacher: "role.teacher_explain",
};

export const roleTones: Record<Role, Tone> = {
  admin: "good",
  adviser: "waiting",
  teacher: "excused",
};
