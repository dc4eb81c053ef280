// `npm run dev`: the pages as they are edited, with a made-up school whose students keep arriving.
// With TAMTAP_URL they show that server's school instead.
import { createServer } from "vite";
import { startMock } from "./mock_server.mjs";

let target = process.env.TAMTAP_URL;
if (!target) {
  const mock = await startMock({ until: 6.9 * 3600 });
  target = mock.url;
  mock.refuse();
  mock.refuse({ nfc_id: "04A2B3C4", name: "Nena Uy", decline_code: "EYES_NOT_VISIBLE" });
  mock.tapUnsure();
  mock.quarantine("main-gate");
  setInterval(() => mock.tap(), 2500);
  console.log(`A made-up school; sign in as "${mock.user}" with the password "${mock.password}".`);
}
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
