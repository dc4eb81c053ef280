// A catalogue of words, src/i18n/<language>.json, becomes functions when the pages are built: what is
// sent to a browser has no parser for messages, and needs no eval, which the server's policy forbids.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compileStrings } from "@internationalized/string-compiler";

const mark = "\0words:"; // so that nobody takes the functions for JSON

export const words = () => ({
  name: "words",
  enforce: "pre",
  resolveId(source, importer) {
    const file = /([\w-]+\.json)$/.exec(source)?.[1];
    if (!file || !importer?.endsWith("/i18n/words.ts")) return null;
    return `${mark}${join(dirname(importer), file)}.js`;
  },
  async load(id) {
    if (!id.startsWith(mark)) return null;
    const file = id.slice(mark.length, -".js".length);
    this.addWatchFile(file);
    const strings = JSON.parse(await readFile(file, "utf8"));
    return compileStrings(strings).replace("module.exports =", "export default");
  },
});
