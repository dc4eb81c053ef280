// A stand-in for TamTap's server, for working on the pages and for their tests. It serves the built
// pages under the same content security policy, forgets everything at its end, and can misbehave on
// request: hang up, be away, tell things twice.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { Server } from "socket.io";
import { makeGates, makeMorning, makeRecord, makeStudents } from "./school.mjs";

const pages =
  process.env.TAMTAP_PAGES ?? fileURLToPath(new URL("../../build/web/", import.meta.url));
const policy =
  "default-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const account = { username: "demo", name: "Demo Account", role: "admin", role_type: "admin" };
const password = "demo";

export const manilaDay = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);

export async function startMock({ port = 0, students: size = 240, until = 7.4 * 3600 } = {}) {
  const today = manilaDay();
  const students = makeStudents(size);
  const records = makeMorning(students, today, until);
  const refusals = [];
  const gates = makeGates(today);
  const unsure = [];
  const quarantine = [];
  const sessions = new Set();
  let away = false;
  let sequence = 10_000;
  let second = until;

  const stamp = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 23) + "+08:00";

  const http = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  const io = new Server(http, { serveClient: false });
  const sessionOf = (headers) => /tamtap_session=([\w-]+)/.exec(headers.cookie ?? "")?.[1];
  io.use((socket, next) => {
    if (away) return next(new Error("away"));
    next(sessions.has(sessionOf(socket.handshake.headers)) ? undefined : new Error("unauthorised"));
  });
  const tellStatus = () =>
    io.emit("system:status", {
      status: "ok",
      mongodb: "connected",
      clients: io.engine.clientsCount,
      terminals: gates,
      timestamp: `${today}T07:24:10+08:00`,
    });
  io.on("connection", tellStatus);

  const of = (day) =>
    day === today ? records : day < today ? makeMorning(students, day, 9 * 3600) : [];

  function summary(day) {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    const instructional = day === today || (weekday > 0 && weekday < 6);
    const count = (status) => of(day).filter((each) => each.status === status).length;
    const [onTime, late] = [count("on_time"), count("late")];
    return {
      date: day,
      isInstructional: instructional,
      calendarStatus: instructional ? "instructional" : "weekend",
      calendarLabel: instructional ? "Class day" : "Weekend",
      stats: {
        totalStudents: students.length,
        onTime,
        late,
        excused: 0,
        absent: students.length - onTime - late,
        present: onTime + late,
        attendanceRate: (100 * (onTime + late)) / students.length,
      },
    };
  }

  function sections() {
    const names = [...new Set(students.map((each) => each.section))].sort();
    return names.map((section) => {
      const came = records.filter((each) => each.section === section);
      const total = students.filter((each) => each.section === section).length;
      return { section, total, present: came.length, late: 0, onTime: 0, absent: 0, rate: 0 };
    });
  }

  const listed = (data) => ({ success: true, count: data.length, data });

  function api(path, query) {
    const day = path.split("/")[3] ?? today;
    if (path === "/api/auth/me") return { success: true, user: account };
    if (path === "/api/attendance/unsure") {
      return { success: true, from: today, to: today, count: unsure.length, records: unsure };
    }
    if (path === "/api/quarantine") return listed(quarantine);
    if (path.startsWith("/api/attendance")) {
      const found = summary(day).isInstructional ? of(day) : [];
      return { success: true, date: day, section: "all", count: found.length, records: found };
    }
    if (path === "/api/stats/summary") {
      return { success: true, ...summary(query.get("date") ?? today) };
    }
    if (path === "/api/stats/sections") return listed(sections());
    if (path === "/api/students") return listed(students);
    if (path === "/api/refusals") return listed(refusals);
    if (path === "/api/terminals") return listed(gates);
    return null;
  }

  // Of other days nothing is kept.
  function markDay(day, { nfc_id, status }) {
    const student = students.find((each) => each.nfc_id === nfc_id);
    if (student === undefined) return null;
    const made = makeRecord(student, day, 9 * 3600, 1, "staff");
    const tap = `staff.${randomUUID()}.1`;
    const record = { ...made, tap, taps: undefined, status, tapped_at: stamp(), person: nfc_id };
    const at = records.findIndex((each) => each.nfc_id === nfc_id);
    if (at < 0) records.push(record);
    else if (records[at].terminal === "staff") records[at] = record;
    io.emit("attendance:new", { ...record, timestamp: stamp() });
    return { success: true, outcome: at < 0 ? "stored" : "merged", record };
  }

  // The gate answers as `settle` says.
  function requeue(gate, { taps }) {
    const asked = quarantine.filter(
      (each) => each.terminal === gate && (taps === undefined || taps.includes(each.tap)),
    );
    for (const each of asked) each.requeued = true;
    return { success: true, count: asked.length };
  }

  function accept({ tap }) {
    const at = unsure.findIndex((each) => each.tap === tap);
    if (at < 0) return null;
    unsure.splice(at, 1);
    return { success: true, outcome: "merged" };
  }

  function change(path, body) {
    const [, , what, one, more] = path.split("/");
    if (what === "attendance" && more === "accepted") return accept(body);
    if (what === "attendance" && more === "marks") return markDay(one, body);
    if (what === "terminals" && more === "requeue") return requeue(one, body);
    return null;
  }

  async function bodyOf(request) {
    let text = "";
    for await (const part of request) text += part;
    return JSON.parse(text || "{}");
  }

  async function answer(request, response) {
    const url = new URL(request.url, "http://mock");
    const json = (status, body, headers = {}) =>
      response
        .writeHead(status, { "Content-Type": "application/json", ...headers })
        .end(JSON.stringify(body));
    if (!url.pathname.startsWith("/api/")) return page(url.pathname, response);
    if (away) return json(503, { success: false, error: "the server is away" });
    if (url.pathname === "/api/auth/login") {
      const body = await bodyOf(request);
      if (body.username !== account.username || body.password !== password) {
        return json(401, { success: false, error: "the name or the password is wrong" });
      }
      const session = randomUUID();
      sessions.add(session);
      const cookie = `tamtap_session=${session}; Path=/; HttpOnly; SameSite=Strict`;
      return json(200, { success: true, user: account }, { "Set-Cookie": cookie });
    }
    if (!sessions.has(sessionOf(request.headers))) {
      return json(401, { success: false, error: "sign in first" });
    }
    if (url.pathname === "/api/auth/logout") {
      sessions.delete(sessionOf(request.headers));
      return json(200, { success: true });
    }
    const body =
      request.method === "POST"
        ? change(url.pathname, await bodyOf(request))
        : api(url.pathname, url.searchParams);
    return body ? json(200, body) : json(404, { success: false, error: "there is no such place" });
  }

  async function page(path, response) {
    const name = extname(path) === "" ? "index.html" : normalize(path).replace(/^\/+/, "");
    const content = await readFile(join(pages, name)).catch(() => null);
    if (content === null) return response.writeHead(404).end("Not found.\n");
    const type = types[extname(name)] ?? "application/octet-stream";
    response
      .writeHead(200, { "Content-Type": type, "Content-Security-Policy": policy })
      .end(content);
  }

  await new Promise((resolve) => http.listen(port, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${http.address().port}`,
    user: account.username,
    password,
    students,
    records,
    gates,
    account,
    unsure,
    quarantined: quarantine,
    // One student taps, who may be marked.
    tapOf(nfc_id) {
      const student = students.find((each) => each.nfc_id === nfc_id);
      const record = makeRecord(student, today, 7 * 3600, ++sequence);
      const at = records.findIndex((each) => each.nfc_id === nfc_id);
      records.splice(at < 0 ? records.length : at, at < 0 ? 0 : 1, record);
      io.emit("attendance:new", { ...record, timestamp: stamp() });
    },
    // The next student who is not in yet taps; null when all are.
    tap({ tell = 1, stored = true, ...more } = {}) {
      const there = new Set(records.map((each) => each.nfc_id));
      const student = students.find((each) => !there.has(each.nfc_id));
      if (student === undefined) return null;
      second += 2;
      const record = { ...makeRecord(student, today, second, ++sequence), ...more };
      if (stored) records.push(record);
      for (let i = 0; i < tell; ++i) io.emit("attendance:new", { ...record, timestamp: stamp() });
      return record;
    },
    refuse(more = {}) {
      const refusal = {
        nfc_id: "DEADBEEF",
        name: null,
        reason: "UNKNOWN_CARD",
        decline_code: "UNKNOWN_CARD",
        terminal: "main-gate",
        timestamp: stamp(),
        ...more,
      };
      refusals.unshift(refusal);
      io.emit("attendance:fail", refusal);
      return refusal;
    },
    // A tap of a gate whose clock nobody set.
    tapUnsure(more = {}) {
      const made = makeRecord(students[unsure.length], today, 100, ++sequence, "gym");
      unsure.push({ ...made, clock: "unsure", ...more });
    },
    // The store refuses a gate's tap for good.
    quarantine(gate, more = {}) {
      const { nfc_id, name, section, tap, day, time } = makeRecord(
        students[20 + quarantine.length],
        today,
        7 * 3600,
        ++sequence,
        gate,
      );
      const reason = "tap id with two contents";
      const who = { nfc_id, name, section, tap, day, time };
      quarantine.push({ terminal: gate, ...who, reason, requeued: false, ...more });
      gates.find((each) => each.name === gate).quarantined++;
      tellStatus();
      return quarantine.at(-1);
    },
    // The gates answer what they were asked: taken, or refused again.
    settle(taken) {
      for (const each of quarantine.filter((one) => one.requeued)) {
        each.requeued = false;
        if (!taken) continue;
        quarantine.splice(quarantine.indexOf(each), 1);
        gates.find((gate) => gate.name === each.terminal).quarantined--;
      }
      tellStatus();
    },
    tellStatus,
    // Away: sockets are cut and everything but files is refused.
    setAway(value) {
      away = value;
      if (away) for (const socket of io.sockets.sockets.values()) socket.conn.close();
    },
    hangUp: () => io.disconnectSockets(),
    endSessions() {
      sessions.clear();
      io.disconnectSockets();
    },
    close: () => new Promise((resolve) => io.close(resolve)),
  };
}
