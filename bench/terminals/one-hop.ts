// A shell behind the bare WebSocket server of servers/one-hop-server.ts.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Child } from '../core/child.js';
import { startChild } from '../core/child.js';
import { Terminal } from './terminal.js';

export async function startOneHop(): Promise<OneHopServer> {
  const child = startChild('servers/one-hop-server.ts');
  const port = Number(await child.message());
  return new OneHopServer(child, port);
}

export class OneHopServer {
  constructor(
    private readonly child: Child,
    readonly port: number,
  ) {}

  async open(): Promise<OneHop> {
    const socket = new WebSocket(`ws://127.0.0.1:${String(this.port)}`, { perMessageDeflate: false });
    const terminal = new OneHop(socket);
    await once(socket, 'open');
    return terminal;
  }

  stop(): void {
    this.child.stop();
  }
}

export class OneHop extends Terminal {
  readonly name = 'one-hop ws';

  constructor(private readonly socket: WebSocket) {
    super();
    socket.on('message', (data: Buffer) => {
      this.got(data);
    });
  }

  type(text: string): void {
    this.socket.send(Buffer.from(text));
  }

  close(): void {
    this.socket.terminate();
  }
}
