// A stock socket.io-client: prints each event as a line of JSON.
//   node listen.mjs URL websocket|polling [COOKIE]
import { io } from "socket.io-client";

const [url, transport, cookie] = process.argv.slice(2);
const socket = io(url, {
  transports: [transport],
  reconnection: false,
  extraHeaders: cookie ? { Cookie: cookie } : {},
});
const print = (event, data) => console.log(JSON.stringify({ event, data }));

socket.on("connect", () => print("connect"));
socket.on("connect_error", (error) => print("connect_error", error.message));
socket.onAny((event, data) => print(event, data));
