// The hardware endpoints as an existing TamTap server has them: Express and socket.io, stock.
//   node express_server.mjs PORT
import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";

const app = express();
app.use(express.json());
const server = createServer(app);
const io = new Server(server);
const print = (event, data) => console.log(JSON.stringify({ event, data }));

const endpoint = (path, event, required) =>
  app.post(path, (request, response) => {
    const missing = required.filter((field) => !request.body[field]);
    if (missing.length > 0) {
      return response.status(400).json({ success: false, error: `missing ${missing}` });
    }
    io.emit(event, request.body);
    print(event, request.body);
    return response.json({ success: true });
  });

endpoint("/api/hardware/attendance", "attendance:new", ["nfc_id", "name", "date", "time", "session", "status"]);
endpoint("/api/hardware/fail", "attendance:fail", ["nfc_id", "name", "reason"]);
endpoint("/api/hardware/status", "hardware:status", ["state"]);

server.listen(Number(process.argv[2]), "127.0.0.1", () => print("listening"));
