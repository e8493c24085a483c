// The yardstick of bench:scale: takes each message of a sender to those who watch that session, takes their
// acknowledgements, and does nothing else. A message begins with the number of its session; a watcher says the numbers
// that it wants, then acknowledges each message as text.
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

interface Said {
  readonly watch?: readonly number[];
  readonly ack?: number;
  readonly offset?: number;
}

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
const watchers = new Map<number, WebSocket[]>();
/** How far each session was read: what a relay that lets its senders wait must know. */
const acknowledged = new Map<number, number>();

sockets.on('connection', (socket: WebSocket) => {
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      for (const watcher of watchers.get(data.readUInt32BE(0)) ?? []) watcher.send(data, { binary: true });
      return;
    }
    const said = JSON.parse(data.toString()) as Said;
    if (said.ack !== undefined) acknowledged.set(said.ack, said.offset ?? 0);
    for (const session of said.watch ?? []) {
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
