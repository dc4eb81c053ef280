// Writes service-worker.js beside the pages: src/service_worker.js with the names of the files that
// the first page needs. Its content changes with them, so that a browser takes the new one.
import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src/service_worker.js", import.meta.url));

export const serviceWorker = () => ({
  name: "service-worker",
  apply: "build",
  // Last: Vite takes chunks out again that hold nothing but styles.
  generateBundle: {
    order: "post",
    async handler(_, bundle) {
      const files = Object.values(bundle)
        .filter((each) => each.type === "asset" || each.type === "chunk")
        .map((each) => each.fileName)
        .filter((name) => name.startsWith("assets/") && !name.endsWith(".map"))
        .sort();
      const version = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
      const text = (await readFile(source, "utf8"))
        .replace("__VERSION__", version)
        .replace('["__FILES__"]', JSON.stringify(files));
      this.emitFile({ type: "asset", fileName: "service-worker.js", source: text });
    },
  },
});
