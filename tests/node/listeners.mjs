// Stock socket.io-clients that come back by themselves, as pages do, and count the taps that they
// are told of. Commands come as lines of JSON on standard input: {"report": true} is answered by what
// each client has heard since the last report.
//   node listeners.mjs COOKIE URL...          one client a URL; every second one begins by polling
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [cookie, ...urls] = process.argv.slice(2);

const clients = urls.map((url, i) => {
  const socket = io(url, {
    forceNew: true,
    transports: i % 3 === 2 ? ["polling"] : i % 3 === 1 ? ["polling", "websocket"] : ["websocket"],
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    extraHeaders: { Cookie: cookie },
  });
  const client = { socket, taps: [], read: [], connects: 0, lost: 0, unrecovered: 0 };
  socket.on("connect", () => {
    client.connects += 1;
    if (client.connects > 1 && !socket.recovered) {
      client.unrecovered += 1;
      client.taps.push(null);
      client.read = null;
      readDay(url, client, client.connects);
    }
    if (client.connects === 1) console.log(JSON.stringify({ connected: i }));
  });
  // The server may hang up of its own will: whoever wants to go on then says so.
  socket.on("disconnect", (reason) => {
    client.lost += 1;
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 50);
  });
  socket.on("attendance:new", (record) => client.taps.push(record.tap));
  return client;
});

// Until it has the day, or has to begin anew once more.
async function readDay(url, client, connect) {
  while (client.connects === connect) {
    try {
      const answer = await fetch(`${url}/api/attendance`, { headers: { Cookie: cookie } });
      const { records } = await answer.json();
      if (client.connects === connect) client.read = records.map((record) => record.tap);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

createInterface({ input: process.stdin }).on("line", () => {
  const report = clients.map(({ taps, read, connects, lost, unrecovered, socket }) => ({
    taps: taps.splice(0),
    read,
    connects,
    lost,
    unrecovered,
    live: socket.connected,
  }));
  console.log(JSON.stringify({ report }));
});
