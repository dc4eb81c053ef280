// A stock socket.io-client 4 against socketio_echo_server, by WebSocket, by long polling and with the
// upgrade from the one to the other. TAMTAP_BUILD names the build directory (default ../../build).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { io } from "socket.io-client";

const here = path.dirname(fileURLToPath(import.meta.url));
const build = path.resolve(process.env.TAMTAP_BUILD ?? path.join(here, "../../build"));
const deadline = { timeout: 20_000 };

let server;
let port;

before(async () => {
  server = spawn(path.join(build, "tests", "socketio_echo_server"), ["--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const failed = once(server, "error").then(([error]) => {
    throw error;
  });
  const [line] = await Promise.race([once(server.stdout, "data"), failed]);
  port = Number(/listening on (\d+)/.exec(String(line))[1]);
});

after(async () => {
  server.kill("SIGTERM");
  const [code] = await once(server, "exit");
  assert.equal(code, 0, "the server ends cleanly");
});

function connect(name, transports, options = {}) {
  return io(`http://127.0.0.1:${port}${name}`, {
    transports,
    forceNew: true,
    reconnection: false,
    ...options,
  });
}

// The next event of that name, or the reason why the connection failed.
function next(socket, event) {
  return new Promise((resolve, reject) => {
    socket.once(event, (...values) => resolve(values));
    if (event !== "connect_error") socket.once("connect_error", reject);
  });
}

async function withSocket(name, transports, options, work) {
  const socket = connect(name, transports, options);
  try {
    const auth = next(socket, "auth");
    await next(socket, "connect");
    await work(socket, (await auth)[0]);
  } finally {
    socket.disconnect();
  }
}

const ways = {
  "websocket only": ["websocket"],
  "polling only": ["polling"],
  "polling with upgrade": ["polling", "websocket"],
};

for (const [way, transports] of Object.entries(ways)) {
  describe(way, () => {
    test("connects with its auth, and emits both ways", deadline, async () => {
      await withSocket("/", transports, { auth: { token: "123" } }, async (socket, auth) => {
        assert.deepEqual(auth, { token: "123" });
        const back = next(socket, "message-back");
        socket.emit("message", 1, "zwei ñ \u{1F600}", { three: [true, null, 1.5] });
        assert.deepEqual(await back, [1, "zwei ñ \u{1F600}", { three: [true, null, 1.5] }]);
      });
    });

    test("connects without auth", deadline, async () => {
      await withSocket("/", transports, {}, async (socket, auth) => assert.deepEqual(auth, {}));
    });

    test("keeps the order of many events", deadline, async () => {
      await withSocket("/", transports, {}, async (socket) => {
        const count = 500;
        const seen = [];
        const all = new Promise((resolve) => {
          socket.on("message-back", (i) => seen.push(i) === count && resolve());
        });
        for (let i = 0; i < count; ++i) socket.emit("message", i);
        await all;
        assert.deepEqual(seen, [...Array(count).keys()]);
      });
    });

    test("gets acknowledgements", deadline, async () => {
      await withSocket("/", transports, {}, async (socket) => {
        const answers = await Promise.all(
          [1, 2, 3].map((i) => socket.timeout(10_000).emitWithAck("message-with-ack", i)),
        );
        assert.deepEqual(answers, [1, 2, 3]);
      });
    });

    test("sends and receives binary", deadline, async () => {
      await withSocket("/", transports, {}, async (socket) => {
        const one = Buffer.from([0, 1, 254, 255]);
        const two = Buffer.alloc(100_000, 7);
        const back = next(socket, "message-back");
        socket.emit("message", { one }, "text", two);
        const [first, text, second] = await back;
        assert.ok(one.equals(Buffer.from(first.one)));
        assert.equal(text, "text");
        assert.ok(two.equals(Buffer.from(second)));
        const answer = await socket.timeout(10_000).emitWithAck("message-with-ack", one);
        assert.ok(one.equals(Buffer.from(answer)));
      });
    });

    test("takes a message as large as the limit allows", deadline, async () => {
      await withSocket("/", transports, {}, async (socket) => {
        const large = "x".repeat(900_000);
        assert.equal(await socket.timeout(15_000).emitWithAck("message-with-ack", large), large);
      });
    });

    test("joins several namespaces over one connection", deadline, async () => {
      await withSocket("/", transports, {}, async (main) => {
        const custom = main.io.socket("/custom", { auth: { token: "abc" } });
        const auth = next(custom, "auth");
        assert.deepEqual(await auth, [{ token: "abc" }]);
        const back = next(custom, "message-back");
        custom.emit("message", "custom");
        assert.deepEqual(await back, ["custom"]);
        custom.disconnect();
        assert.equal(await main.timeout(10_000).emitWithAck("message-with-ack", "main"), "main");
      });
    });

    test("is told why it is refused", deadline, async () => {
      for (const [name, auth, message] of [
        ["/unknown", {}, "Invalid namespace"],
        ["/private", {}, "Not authorized"],
        ["/private", { token: "wrong" }, "Not authorized"],
      ]) {
        const socket = connect(name, transports, { auth });
        try {
          const [error] = await next(socket, "connect_error");
          assert.equal(error.message, message);
          assert.equal(socket.connected, false);
        } finally {
          socket.disconnect();
        }
      }
      await withSocket("/private", transports, { auth: { token: "secret" } }, async () => {});
    });

    test("is told when the server disconnects it", deadline, async () => {
      await withSocket("/", transports, {}, async (socket) => {
        const gone = next(socket, "disconnect");
        socket.emit("leave");
        assert.equal((await gone)[0], "io server disconnect");
      });
    });

    test("stays through several heartbeats", deadline, async () => {
      await withSocket("/", transports, {}, async (socket) => {
        let pings = 0;
        socket.io.on("ping", () => ++pings);
        await sleep(1_500);
        assert.ok(socket.connected);
        assert.ok(pings >= 2, `${pings} pings`);
        const upgraded = transports.includes("websocket");
        assert.equal(socket.io.engine.transport.name, upgraded ? "websocket" : "polling");
      });
    });

    test("comes back after its connection was cut", deadline, async () => {
      const options = { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 50 };
      await withSocket("/", transports, options, async (socket) => {
        const again = next(socket, "connect");
        socket.io.engine.close();
        await again;
        assert.equal(await socket.timeout(10_000).emitWithAck("message-with-ack", "x"), "x");
      });
    });
  });
}

test("fifty clients at once", deadline, async () => {
  await Promise.all(
    [...Array(50).keys()].map((i) =>
      withSocket("/", Object.values(ways)[i % 3], {}, async (socket) => {
        assert.equal(await socket.timeout(15_000).emitWithAck("message-with-ack", i), i);
      }),
    ),
  );
});

test("a client that stops reading is dropped, and the others never notice", deadline, async () => {
  const lazy = net.connect(port, "127.0.0.1");
  lazy.on("error", () => {}); // the reset that the test waits for
  const closed = once(lazy, "close");
  lazy.write(
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n" +
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await once(lazy, "data");
  lazy.pause();
  const frame = (text) => {
    const head = Buffer.alloc(8);
    head[0] = 0x81;
    head[1] = 0x80 | 126;
    head.writeUInt16BE(Buffer.byteLength(text), 2);
    return Buffer.concat([head, Buffer.from(text)]); // masked with zeros
  };
  const connectPacket = Buffer.concat([Buffer.from([0x81, 0x82, 0, 0, 0, 0]), Buffer.from("40")]);
  lazy.write(connectPacket);
  const event = frame(`42["message","${"x".repeat(60_000)}"]`);
  for (let i = 0; i < 200; ++i) lazy.write(event);
  await withSocket("/", ["websocket"], {}, async (socket) => {
    assert.equal(await socket.timeout(10_000).emitWithAck("message-with-ack", 1), 1);
  });
  await sleep(1_500);
  lazy.resume();
  await closed;
});
