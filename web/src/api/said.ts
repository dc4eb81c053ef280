// Sentences of the server that staff meet most, which the page says in the reader's language. The
// server gives no other name to a problem than its sentence; a test finds each of them there.
import { t, type Word } from "../i18n/words";

export const saidBySentence: Record<string, Word> = {
  "there is an account of that name": "said.account_taken",
  "somebody has changed that account meanwhile; look again": "said.changed_account",
  "somebody has changed that meanwhile; look again": "said.changed_that",
  "somebody has changed the guardians meanwhile; look again": "said.changed_guardians",
  "another gate has that name; choose another one": "said.gate_name_taken",
  "it is the last administrator": "said.last_administrator",
  "there is no account of that name": "said.no_account",
  "there is no such entry in the calendar": "said.no_entry",
  "there is no such gate": "said.no_gate",
  "there is no such schedule": "said.no_schedule",
  "there is no such section": "said.no_section",
  "there is no such student": "said.no_student",
  "you handle no section of that name": "said.not_your_section",
  "too many attempts; wait a little": "said.too_many",
  "the current password is wrong": "said.wrong_own_password",
  "the name or the password is wrong": "said.wrong_password",
};

// As the words stand by themselves.
export function sentence(words: string): string {
  const known = saidBySentence[words];
  if (known !== undefined) return t(known);
  return `${words[0].toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;
}
