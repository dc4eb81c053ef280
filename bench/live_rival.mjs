// What TamTap's server is measured against: Express and socket.io, stock, with the one endpoint
// that an existing TamTap server has for taps. FILE: each tap is appended to it and flushed before
// the answer, as nothing else keeps it.
//   node bench/live_rival.mjs PORT [FILE]
import {open} from 'node:fs/promises';
import {createServer} from 'node:http';
import {createRequire} from 'node:module';

const require = createRequire(new URL('../tests/node/package.json', import.meta.url));
const express = require('express');
const {Server} = require('socket.io');

const [port, path] = process.argv.slice(2);
const file = path && (await open(path, 'a'));
const app = express();
app.use(express.json());
const server = createServer(app);
const io = new Server(server);

app.post('/api/hardware/attendance', async (request, response) => {
  for (const field of ['nfc_id', 'name', 'date', 'time', 'session', 'status']) {
    if (!request.body[field]) {
      return response.status(400).json({success: false, error: `missing ${field}`});
    }
  }
  if (file) {
    await file.write(JSON.stringify(request.body) + '\n');
    await file.datasync();
  }
  io.emit('attendance:new', {...request.body, timestamp: new Date().toISOString()});
  return response.json({success: true});
});

server.keepAliveTimeout = 60_000; // the bench takes turns, and comes back
server.listen(Number(port), '127.0.0.1', 511, () => console.log('listening'));
