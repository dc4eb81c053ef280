// Puts a compressed form beside each file that it makes smaller: NAME.br and NAME.gz. The server sends
// them to browsers that take them, so that it compresses nothing itself.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const worth = /\.(html|js|css|svg|json|webmanifest)$/;
const least = 1_000; // bytes; below, it saves no packet

const forms = [
  [".gz", (bytes) => gzipSync(bytes, { level: 9 })],
  [
    ".br",
    (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  ],
];

export const compressed = () => {
  let directory = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved: (config) => (directory = join(config.root, config.build.outDir)),
    async closeBundle() {
      const names = await readdir(directory, { recursive: true });
      for (const name of names.filter((each) => worth.test(each))) {
        const bytes = await readFile(join(directory, name));
        if (bytes.length < least) continue;
        for (const [ending, compress] of forms) {
          const smaller = compress(bytes);
          if (smaller.length < bytes.length)
            await writeFile(join(directory, name + ending), smaller);
        }
      }
    },
  };
};
