import type { Role } from "./person";

export const linkTo = (card: string, role: Role = "student") =>
  `/people/${encodeURIComponent(card)}${role === "teacher" ? "?role=teacher" : ""}`;
