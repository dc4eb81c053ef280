// `npm run dev`: the pages as they are edited. With TAMTAP_URL they show that server's school; else a
// real `tamtap run --demo` is started, from TAMTAP_BUILD (../build), whose taps come by themselves.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createServer } from "vite";

function demo() {
  const port = process.env.TAMTAP_PORT ?? "3000";
  const data = mkdtempSync(join(tmpdir(), "tamtap-dev-"));
  const binary = resolve(process.env.TAMTAP_BUILD ?? "../build", "tamtap");
  const school = spawn(
    binary,
    ["run", "--demo", "--data", data, "--listen", `127.0.0.1:${port}`],
    { stdio: "inherit" }, // it prints the name and the password to sign in with
  );
  school.on("error", (error) => {
    console.error(`${binary} cannot be started (${error.message}); build it, or set TAMTAP_URL.`);
    process.exit(1);
  });
  school.on("exit", (code) => process.exit(code ?? 0));
  process.on("exit", () => {
    school.kill();
    rmSync(data, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
  return `http://127.0.0.1:${port}`;
}

const target = process.env.TAMTAP_URL ?? demo();
const server = await createServer({
  server: {
    proxy: {
      "/api": target,
      "/photos": target,
      "/socket.io": { target, ws: true },
    },
  },
});
await server.listen();
server.printUrls();
