// The same crowd on the bare relay: what a message costs there.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startChild } from '../core/child.js';
import { cpuSecondsOf } from '../core/process-figures.js';
import { eachSecond, type Shape } from './shape.js';

/** @returns microseconds of processor time for each message that was relayed */
export async function bareCost(shape: Shape, seconds: number): Promise<number> {
  const relay = startChild('servers/bare-relay.ts');
  const url = `ws://127.0.0.1:${String(await relay.message())}`;
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, 'open');
    return socket;
  };
  const sockets: WebSocket[] = [];
  let relayed = 0;
  try {
    for (let viewer = 0; viewer < shape.viewers; viewer += 1) {
      const socket = await open();
      sockets.push(socket);
      socket.on('message', (data: Buffer) => {
        relayed += 1;
        // As a viewer of the product does: without it nobody could let a fast sender wait for a slow reader.
        socket.send(JSON.stringify({ ack: data.readUInt32BE(0), offset: relayed * data.length }));
      });
      const first = viewer * shape.sessionsPerViewer;
      const watch = Array.from({ length: shape.sessionsPerViewer }, (_, at) => first + at);
      socket.send(JSON.stringify({ watch }));
    }
    const senders: WebSocket[] = [];
    for (let host = 0; host < shape.hosts; host += 1) senders.push(await open());
    sockets.push(...senders);
    const stop = eachSecond(shape.hosts * shape.sessionsPerHost, (session) => {
      const data = Buffer.alloc(shape.messageBytes, 'x');
      data.writeUInt32BE(session);
      senders[Math.floor(session / shape.sessionsPerHost)]?.send(data);
    });
    const cost = await costOf(relay.process.pid ?? 0, seconds, () => relayed);
    stop();
    return cost;
  } finally {
    for (const socket of sockets) socket.terminate();
    relay.stop();
  }
}

/** Microseconds for each message, over a time in which nothing else changes. */
export async function costOf(pid: number, seconds: number, messages: () => number): Promise<number> {
  const warmUpMs = 2_000;
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  const [cpu, count] = [cpuSecondsOf(pid), messages()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return ((cpuSecondsOf(pid) - cpu) * 1e6) / (messages() - count);
}
