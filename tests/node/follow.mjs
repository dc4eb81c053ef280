// A stock socket.io-client that comes back by itself, as a page's does: prints each event, and each
// loss with its reason, as a line of JSON. Authorities: NODE_EXTRA_CA_CERTS.
//   node follow.mjs ORIGIN PATH websocket|polling COOKIE
import { io } from "socket.io-client";

const [origin, path, transport, cookie] = process.argv.slice(2);
const socket = io(origin, {
  path,
  transports: transport === "polling" ? ["polling"] : ["websocket"],
  reconnectionDelay: 100,
  reconnectionDelayMax: 300,
  extraHeaders: { Cookie: cookie },
});
const print = (event, data) => console.log(JSON.stringify({ event, data }));

socket.on("connect", () => print("connect"));
socket.on("disconnect", (reason) => print("disconnect", reason));
socket.onAny((event, data) => print(event, data));
