// Sentences of the server that staff meet most, which the page says in the reader's language. The
// server gives no other name to a problem than its sentence; a test finds each of them there.
import { t, type Word } from "../i18n/words";

// {name} stands for what the server puts there; {why} is a sentence of its own.
export type Sentences = Record<string, Word>;

export const saidBySentence: Sentences = {
  "'{text}' is no mail address": "said.no_mail",
  "'{text}' is no telephone number; write 7 to 15 digits, as in +639171234567": "said.no_phone",
  "a whole number from {least} to {most}": "said.whole_number",
  "an LRN has 12 digits; leave it out if it is not known": "said.lrn",
  "another gate has that name; choose another one": "said.gate_name_taken",
  "give a mail address or a telephone number": "said.no_address",
  "it is one of the 10,000 most used passwords, which guessers try first; choose another":
    "said.password_common",
  "it is the account's name, which everybody tries first; choose another": "said.password_name",
  "it is the last administrator": "said.last_administrator",
  "its name must be 1 to 64 bytes of UTF-8 without spaces": "said.account_name",
  "somebody has changed that account meanwhile; look again": "said.changed_account",
  "somebody has changed that meanwhile; look again": "said.changed_that",
  "somebody has changed the guardians meanwhile; look again": "said.changed_guardians",
  "the card belongs to {name}": "said.card_of",
  "the card {card} belongs to {name}": "said.this_card_of",
  "the card {card} was that of {name}, who has {now} now; if it came back and is to be {whose}'s, say that it is returned":
    "said.card_was_of",
  "the current password is wrong": "said.wrong_own_password",
  "the name or the password is wrong": "said.wrong_password",
  "the server can't do that now; try again soon": "said.not_now",
  "there is an account of that name": "said.account_taken",
  "there is no account of that name": "said.no_account",
  "there is no such entry in the calendar": "said.no_entry",
  "there is no such gate": "said.no_gate",
  "there is no such schedule": "said.no_schedule",
  "there is no such section": "said.no_section",
  "there is no such student": "said.no_student",
  "too many attempts from here; wait, or use a device that has signed in to this account before":
    "said.too_many_here",
  "too many attempts; wait a little": "said.too_many",
  "use at least {count} characters": "said.password_short",
  "write the UID in hexadecimal, or the number that the reader prints": "said.no_card",
  "you handle no section of that name": "said.not_your_section",
  "{section} has no classes on that day": "said.no_classes",
};

const plainly = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const patterns = new Map<string, RegExp>(); // a bad sheet has thousands of sentences

function patternOf(sentence: string): RegExp {
  let pattern = patterns.get(sentence);
  if (pattern === undefined) {
    const pieces = sentence.split(/\{(\w+)\}/); // every other one is a name
    const all = pieces.map((each, n) => (n % 2 === 0 ? plainly(each) : `(?<${each}>.+?)`));
    pattern = new RegExp(`^${all.join("")}$`, "s");
    patterns.set(sentence, pattern);
  }
  return pattern;
}

function known(words: string, sentences: Sentences): string | null {
  if (Object.hasOwn(sentences, words)) return t(sentences[words]);
  for (const [each, word] of Object.entries(sentences)) {
    const groups = each.includes("{") ? patternOf(each).exec(words)?.groups : undefined;
    if (groups === undefined) continue;
    const values = { ...groups };
    if ("why" in values) values.why = sentence(values.why).replace(/\.$/, "");
    return t(word, values).replace(/\.\.$/, ".");
  }
  return null;
}

// As the words stand by themselves. What was tried stands before them at times, "register Ana; ...":
// whoever tried it knows.
export function sentence(words: string, sentences = saidBySentence): string {
  for (let from = 0; ; from = words.indexOf("; ", from) + 2) {
    const said = known(words.slice(from), sentences);
    if (said !== null) return said;
    if (!words.includes("; ", from)) break;
  }
  return `${words[0].toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;
}
