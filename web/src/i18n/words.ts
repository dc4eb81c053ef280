// The words that staff read, from one catalogue a language: <language>.json beside this file. One more
// language is one more file. Messages are ICU: "{n, plural, one {# tap} other {# taps}}".
import { LocalizedStringDictionary, LocalizedStringFormatter } from "@internationalized/string";
import type catalogue from "./en.json";

export type Word = keyof typeof catalogue;
export type Values = Record<string, string | number>;
type Strings = Record<string, string>; // once built: functions, too

const files = import.meta.glob<Strings>("./*.json", { import: "default" });

export const languages = Object.keys(files).map((file) => /([\w-]+)\.json$/.exec(file)![1]);

// "Filipino", in its own language.
export function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name[0].toUpperCase() + name.slice(1);
}

let language = "en";
const formatterOf = (language: string, strings: Strings) =>
  new LocalizedStringFormatter<Word, string>(
    language,
    new LocalizedStringDictionary<Word, string>(
      { [language]: strings as Record<Word, string> },
      language,
    ),
  );

let formatter = formatterOf("en", {});

// The one that is shown. Formats of dates and numbers take it, too.
export const currentLanguage = () => language;

export async function speak(wanted: string): Promise<void> {
  language = languages.includes(wanted) ? wanted : "en";
  const strings = await files[`./${language}.json`]();
  formatter = formatterOf(language, strings);
}

export const t = (word: Word, values?: Values): string => formatter.format(word, values);
