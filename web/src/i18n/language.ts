// Which language is shown: as the device has it, until somebody chooses; a choice stays on the device.
import { keep, kept } from "../kept";
import { currentLanguage, languages, speak } from "./words";

const key = "tamtap.language";

const ofDevice = () =>
  navigator.languages
    .map((each) => each.split("-")[0].replace(/^tl$/, "fil"))
    .find((each) => languages.includes(each)) ?? "en";

export async function startLanguage() {
  await change(kept(key) ?? ofDevice());
}

export async function chooseLanguage(language: string) {
  keep(key, language);
  await change(language);
}

async function change(language: string) {
  await speak(language);
  document.documentElement.lang = currentLanguage();
}
