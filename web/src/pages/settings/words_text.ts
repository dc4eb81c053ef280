// What a text to guardians reads as, with an example in the place of each word in braces.
import { currentLanguage } from "../../i18n/words";

const example: Record<string, string> = {
  name: "Ana Reyes",
  first_name: "Ana",
  section: "Narra",
  time: "07:03",
};

export function previewOf(text: string, school: string, day: string): string {
  const values: Record<string, string> = {
    ...example,
    school: school !== "" ? school : currentLanguage() === "fil" ? "paaralan" : "the school",
    date: day,
  };
  return text.replace(/\{(\w+)\}/g, (braces, key: string) => values[key] ?? braces);
}
