// The words that staff read, from one catalogue a language: <language>.json beside this file. One more
// language is one more file. Messages are ICU: "{n, plural, one {# tap} other {# taps}}".
import { LocalizedStringDictionary, LocalizedStringFormatter } from "@internationalized/string";
import type catalogue from "./en.json";

export type Word = keyof typeof catalogue;
export type Values = Record<string, string | number>;
type Strings = Record<string, string>; // once built: functions, too

// What the first load asks for, and all else: build/words.mjs parts them.
const first = import.meta.glob<Strings>("./*.json", { import: "default", query: "?first" });
const rest = import.meta.glob<Strings>("./*.json", { import: "default", query: "?rest" });

export const languages = Object.keys(first).map((file) => /([\w-]+)\.json$/.exec(file)![1]);

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
  const file = `./${language}.json`;
  const parts = await Promise.all([first[file](), all ? rest[file]() : {}]);
  formatter = formatterOf(language, Object.assign({}, ...parts));
}

let all = false; // whether the words of pages that are loaded later are wanted

// A part of the pages that is loaded later, and with it the words that it asks for.
export async function withWords<Part>(load: () => Promise<Part>): Promise<Part> {
  const loading = load();
  if (!all) {
    all = true;
    await speak(language);
  }
  return loading;
}

export const t = (word: Word, values?: Values): string => formatter.format(word, values);
