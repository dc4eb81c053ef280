// The types of the API, src/api/schema.d.ts, from docs/openapi.yaml. They are made when pages are
// built or checked, and not tracked; made anew only when the document has changed.
import { readFile, stat, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const from = new URL("../../docs/openapi.yaml", import.meta.url);
const to = new URL("../src/api/schema.d.ts", import.meta.url);

const changed = (file) =>
  stat(file).then(
    (found) => found.mtimeMs,
    () => 0,
  );

if ((await changed(to)) <= (await changed(from))) {
  const document = JSON.parse(await readFile(from, "utf8")); // YAML that is JSON
  await writeFile(to, astToString(await openapi(document)));
}
