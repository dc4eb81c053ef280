import { speak, withWords } from "./words";

await speak("en");
await withWords(async () => {});
