// The yardstick of bench:scale: takes each message of a sender to those who watch that session, and does nothing else.
// A message begins with the number of its session; a watcher says the numbers that it wants.
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
const watchers = new Map<number, WebSocket[]>();

sockets.on('connection', (socket: WebSocket) => {
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      for (const watcher of watchers.get(data.readUInt32BE(0)) ?? []) watcher.send(data, { binary: true });
      return;
    }
    for (const session of JSON.parse(data.toString()) as number[]) {
      watchers.set(session, [...(watchers.get(session) ?? []), socket]);
    }
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : null);
});
process.once('disconnect', () => {
  process.exit();
});
