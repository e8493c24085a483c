// A TCP line that tests can break: passes, swallows (as a dead router does), delays, or cuts, each way on its own.
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Line } from './proxy-line.js';

/** Up is from the client, which connected, to the server. */
export type Way = 'up' | 'down';
export type Fault =
  | { readonly kind: 'pass' }
  /** Takes connections and delivers nothing, not even an end. What is on the way arrives when the line heals, as TCP does. */
  | { readonly kind: 'hole' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultScope {
  /** Both ways, when not given. */
  readonly way?: Way;
  /** `old`: only connections that are there now; later ones pass. */
  readonly connections?: 'all' | 'old';
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly up: Line;
  readonly down: Line;
}

export class TcpProxy {
  readonly #pairs = new Set<Pair>();
  readonly #faults: Record<Way, Fault> = { up: { kind: 'pass' }, down: { kind: 'pass' } };
  #port = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  /** In front of the server at `targetUrl`, which may come and go. */
  static async start(targetUrl: string): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new TcpProxy(server, Number(new URL(targetUrl).port));
    server.on('connection', (client) => {
      proxy.#accept(client);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy.#port = (server.address() as AddressInfo).port;
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  /** Connections that are open on either side. */
  get connections(): number {
    return this.#pairs.size;
  }

  set(fault: Fault, { way, connections = 'all' }: FaultScope = {}): void {
    for (const each of way ? [way] : (['up', 'down'] as const)) {
      if (connections === 'all') this.#faults[each] = fault;
      for (const pair of this.#pairs) pair[each].set(fault);
    }
  }

  /** Nothing comes through, in one direction or both, until `heal`. */
  hole(scope?: FaultScope): void {
    this.set({ kind: 'hole' }, scope);
  }

  delay(ms: number, scope?: FaultScope): void {
    this.set({ kind: 'delay', ms }, scope);
  }

  heal(): void {
    this.set({ kind: 'pass' });
  }

  /** Resets the connections that are there; `client` alone leaves the server with a connection that only seems alive. */
  cut(side: 'both' | 'client' = 'both'): void {
    for (const { client, server, up } of [...this.#pairs]) {
      if (side === 'client') up.set({ kind: 'hole' });
      client.resetAndDestroy();
      if (side === 'both') server.resetAndDestroy();
    }
  }

  stop(): void {
    this.server.close();
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  #accept(client: Socket): void {
    const server = createConnection({ port: this.target, host: '127.0.0.1', allowHalfOpen: true });
    const pair = { client, server, up: new Line(client, server), down: new Line(server, client) };
    pair.up.set(this.#faults.up);
    pair.down.set(this.#faults.down);
    this.#pairs.add(pair);
    let open = 2;
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('close', () => {
        open -= 1;
        if (open === 0) this.#pairs.delete(pair);
      });
    }
  }
}
