// What the server's audit trail says that was done, in the reader's words. What another version of
// it says is shown as it is.
import { t, type Word } from "../../i18n/words";

const deeds: [RegExp, Word][] = [
  [/^mark absent$/, "deed.mark_absent"],
  [/^mark excused$/, "deed.mark_excused"],
  [/^mark (on_time|late)$/, "deed.mark_present"],
  [/^mark (\d+) people (\w+)$/, "deed.mark_people"],
  [/^undo a mark$/, "deed.undo_mark"],
  [/^export$/, "deed.export"],
  [/^let a gate in$/, "deed.gate_in"],
  [/^shut a gate out$/, "deed.gate_out"],
  [/^rename a gate$/, "deed.gate_rename"],
  [/^add an account$/, "deed.account_add"],
  [/^change an account$/, "deed.account_change"],
  [/^remove an account$/, "deed.account_remove"],
  [/^reset a password$/, "deed.password_reset"],
  [/^change the own password$/, "deed.password_own"],
  [/^vouch for taps$/, "deed.vouch"],
  [/^change guardians$/, "deed.guardians"],
];

export function deedText(what: string): string {
  for (const [pattern, words] of deeds) {
    const found = pattern.exec(what);
    if (found) return t(words, words === "deed.mark_people" ? { count: Number(found[1]) } : {});
  }
  return what === "" ? "" : what[0].toUpperCase() + what.slice(1);
}
