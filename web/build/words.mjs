// A catalogue of words, src/i18n/<language>.json, becomes functions when the pages are built: what is
// sent to a browser has no parser for messages, and needs no eval, which the server's policy forbids.
// It is sent in two parts: the first has the words that stand in the files of the first load, and the
// rest comes with the first page that is loaded later.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compileStrings } from "@internationalized/string-compiler";

const mark = "\0words:"; // so that nobody takes the functions for JSON

// The source that the first load has: what src/main.tsx imports, and what that imports, and so on.
async function firstSource(source) {
  const seen = new Map();
  const visit = async (file) => {
    if (seen.has(file)) return;
    const text = await readFile(file, "utf8");
    seen.set(file, text);
    for (const [statement, from] of text.matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+)";/gms)) {
      if (/^(import|export) type\b/.test(statement)) continue;
      const found = [".ts", ".tsx"]
        .map((each) => join(dirname(file), from + each))
        .find(existsSync);
      if (found) await visit(found);
    }
  };
  await visit(join(source, "main.tsx"));
  await visit(join(source, "pages/today.tsx")); // of its own chunk, and yet of the first load
  return [...seen.values()].join("\n");
}

export const words = () => ({
  name: "words",
  enforce: "pre",
  resolveId(source, importer) {
    const file = /([\w-]+\.json)\?(first|rest)$/.exec(source);
    if (!file || !importer?.endsWith("/i18n/words.ts")) return null;
    return `${mark}${file[2]}:${join(dirname(importer), file[1])}.js`;
  },
  async load(id) {
    if (!id.startsWith(mark)) return null;
    const [, part, file] = /^(\w+):(.*)\.js$/.exec(id.slice(mark.length));
    this.addWatchFile(file);
    const strings = Object.entries(JSON.parse(await readFile(file, "utf8")));
    const first = await firstSource(join(dirname(file), ".."));
    const wanted = strings.filter(([key]) => first.includes(`"${key}"`) === (part === "first"));
    return compileStrings(Object.fromEntries(wanted)).replace("module.exports =", "export default");
  },
});
