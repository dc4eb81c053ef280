// A school of the tests' own: the real server on a free port with a fresh data directory, accounts of
// each role, people and hours imported by the documented commands, and gates through which cards are
// typed. TAMTAP_BUILD says where the program is (../build), TAMTAP_PAGES where the built pages are.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = resolve(process.env.TAMTAP_BUILD ?? join(root, "build"), "tamtap");
const pages = resolve(process.env.TAMTAP_PAGES ?? join(root, "build", "web"));

export const password = "correct horse 7";
export const card = (n) => (0xa0000000 + n).toString(16).toUpperCase();
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export async function until(condition, what, ms = 60_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await condition();
    if (found) return found;
    assert.ok(
      Date.now() < end,
      `not within ${ms / 1000} s: ${typeof what === "string" ? what : what()}`,
    );
    await pause(50);
  }
}

// Runs a command of the program and returns what it printed.
export function tamtap(args, input = "") {
  return new Promise((done, failed) => {
    const child = spawn(program, args);
    let [out, log] = ["", ""];
    child.stdout.on("data", (part) => (out += part));
    child.stderr.on("data", (part) => (log += part));
    child.on("error", failed);
    child.on("close", (code) => {
      if (code === 0) done(out);
      else failed(new Error(`tamtap ${args.join(" ")}: ${code}: ${log}${out}`));
    });
    child.stdin.end(input);
  });
}

// A program that goes on running; its lines are kept.
function launch(args) {
  const child = spawn(program, args);
  const lines = [];
  let rest = "";
  child.stdout.on("data", (part) => {
    const all = (rest + part).split("\n");
    rest = all.pop();
    lines.push(...all);
  });
  child.stdin.on("error", () => undefined); // it has ended; who waits for its answer says so
  const log = [];
  child.stderr.on("data", (part) => log.push(String(part)));
  const ended = new Promise((done) => child.on("close", done));
  const stop = async (signal = "SIGTERM") => {
    child.kill(signal);
    await ended;
  };
  return { child, lines, log, stop };
}

const freePort = () =>
  new Promise((done) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => done(port));
    });
  });

const manila = () => new Date(Date.now() + 8 * 3600_000);
export const schoolDay = (days = 0) =>
  new Date(manila().getTime() + days * 86_400_000).toISOString().slice(0, 10);

// The minute of the day at the school, and a minute as a schedule has it.
export const manilaMinutes = () => manila().getUTCHours() * 60 + manila().getUTCMinutes();
export function clockOf(minute) {
  const n = Math.min(Math.max(minute, 0), 1437);
  return `${String(Math.floor(n / 60)).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}`;
}

// Narra's classes begin soon, so who taps is on time; Molave's began half an hour ago.
function sheet() {
  const minutes = manilaMinutes();
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const row = (section, start) =>
    `${section},7,M. Santos,${days.map(() => `${clockOf(start)},23:59`).join(",")}`;
  return [
    `Section,Grade,Adviser Name,${days.map((day) => `${day} Start,${day} End`).join(",")}`,
    row("Narra", minutes + 30),
    row("Molave", minutes - 30),
    "",
  ].join("\n");
}

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

// `people` of them: card(n), "First<n> Last<n>", in Narra and Molave by turns. `named` changes the name
// of some: {3: ["Ana", "Reyes"]}.
function roster(people, named) {
  return Array.from({ length: people }, (_, n) => {
    const [first, last] = named[n] ?? [`First${n}`, `Last${n}`];
    return `${card(n)},${quoted(first)},${quoted(last)},7,${n % 2 === 0 ? "Narra" : "Molave"}\n`;
  }).join("");
}

export async function startSchool({ people = 40, named = {}, empty = false } = {}) {
  const home = mkdtempSync(join(tmpdir(), "tamtap-pages-"));
  const data = join(home, "server");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const gates = [];
  let server = null;

  const answers = () =>
    fetch(`${url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    );
  async function run() {
    server = launch(["server", "--data", data, "--listen", `127.0.0.1:${port}`, "--web", pages]);
    await until(answers, () => `the server answers: ${server.log.join("")}`);
  }
  const account = (name, role, sections) =>
    tamtap(
      ["account", "add", name, "--role", role, "--password-stdin", "--data", data].concat(
        sections ? ["--sections", sections] : [],
      ),
      `${password}\n`,
    );

  if (!empty) {
    writeFileSync(join(home, "people.csv"), roster(people, named));
    writeFileSync(join(home, "hours.csv"), sheet());
    await tamtap(["roster", "import", join(home, "people.csv"), "--data", data]);
    await tamtap(["schedule", "import", join(home, "hours.csv"), "--data", data]);
    await account("head", "admin");
    await account("adviser", "adviser", "Narra");
    await account("teacher", "teacher", "Molave");
  }
  await run();

  // Asks the API as somebody who is signed in; see signIn.
  const ask = async (cookie, path, method = "GET", body = undefined) => {
    const answer = await fetch(url + path, {
      method,
      headers: { Cookie: cookie, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };

  return {
    url,
    data,
    home,
    get output() {
      return server.lines;
    },
    run,
    stop: () => server.stop(),
    ask,
    async signIn(username = "head") {
      const answer = await ask("", "/api/auth/login", "POST", { username, password });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.headers
        .getSetCookie()
        .map((each) => each.split(";")[0])
        .join("; ");
    },
    // An enrolled gate that runs. `tap` types a card and returns what the gate answered.
    async addGate(name = "gate-1", server = url) {
      const made = JSON.parse(await tamtap(["terminals", "add", name, "--data", data, "--json"]));
      const gate = await openGate(home, name);
      await tamtap(["enroll", url, made.token, "--data", gate.data]);
      await gate.run(server);
      gates.push(gate);
      return gate;
    },
    // The same by a code that a page showed.
    async gateByCode(name, code) {
      const gate = await openGate(home, name);
      await tamtap(["enroll", url, code, "--data", gate.data]);
      await gate.run(url);
      gates.push(gate);
      return gate;
    },
    async close() {
      for (const each of gates) await each.stop("SIGKILL");
      await server.stop("SIGKILL");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function openGate(home, name) {
  const data = join(home, name);
  let process = null;
  let seen = 0;
  const secretOf = () => JSON.parse(readFileSync(join(data, "credentials.json"), "utf8")).secret;

  const gate = {
    name,
    data,
    // Another server than its own: nothing reaches the real one.
    async run(central = undefined) {
      seen = 0;
      const more = central === undefined ? [] : ["--central", central];
      process = launch(
        ["terminal", "--data", data, "--panel", "json", "--terminal-id", name].concat(more),
      );
      if (!central?.endsWith(":1")) {
        await until(
          () => existsSync(join(data, "roster.json")),
          () => `${name} has the school: ${process.log.join("")}`,
        );
      }
    },
    stop: async (signal) => process.child.exitCode ?? process.stop(signal),
    async tap(id) {
      process.child.stdin.write(`${id}\n`);
      const found = await until(
        () => {
          while (seen < process.lines.length) {
            const line = process.lines[seen++];
            if (!line.startsWith("{")) continue;
            const event = JSON.parse(line);
            if (event.event === "ack") return event;
          }
          return null;
        },
        () => `${name} acknowledges ${id}: ${process.log.join("")}`,
      );
      return found;
    },
    // What the gate's own program would send: path and body, with its secret.
    async send(server, path, body, type = "application/json") {
      const answer = await fetch(server + path, {
        method: "POST",
        headers: { Authorization: `Bearer ${secretOf()}`, "Content-Type": type },
        body,
      });
      const text = await answer.text();
      assert.equal(answer.status, 200, text);
      return text;
    },
    // A photo of today, as the gate would bring it.
    async sendPhoto(server, file, bytes) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const asked = `length=${bytes.length}&sha256=${sha256}&offset=0`;
      const answer = await fetch(`${server}/api/terminal/photos/${schoolDay()}/${file}?${asked}`, {
        method: "PUT",
        headers: { Authorization: `Bearer ${secretOf()}`, "Content-Type": "image/jpeg" },
        body: bytes,
      });
      const said = await answer.json();
      assert.ok(answer.status === 200 && said.complete, JSON.stringify(said));
    },
    async journal() {
      return JSON.parse(await tamtap(["journal", "export", "--data", data]));
    },
  };
  return gate;
}
