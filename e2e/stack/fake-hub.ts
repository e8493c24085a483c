// A hub that speaks the daemon protocol and asks for things that an honest hub never asks for.
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newKey, packageOf, type TestKey } from './host-key.js';
import type { Body } from './rest.js';
import { until } from './wait.js';

interface DaemonSocket {
  readonly handshake: { readonly auth: Body };
  timeout(ms: number): DaemonSocket;
  emitWithAck(event: string, payload: unknown): Promise<Body>;
  emit(event: string, payload: unknown): void;
  on(event: string, listener: (payload: Body, ack: (answer: unknown) => void) => void): void;
}

export class FakeHub {
  readonly hubId = randomUUID();
  readonly hostId = randomUUID();
  /** Facts that the daemon has told. */
  readonly facts: Body[] = [];
  url = '';
  #key = newKey();
  readonly #enrolmentKey: TestKey = this.#key;
  #server: Server | null = null;
  #daemon: DaemonSocket | null = null;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json');
      response.statusCode = 201;
      const { hostId, hubId } = this;
      const hubPublicKey = this.#enrolmentKey.publicKey;
      response.end(JSON.stringify({ hostId, name: 'prey', hubId, hubPublicKey, caCertificate: null }));
    });
    const { Server: SocketServer } = packageOf('hub', 'socket.io') as {
      Server: new (...args: unknown[]) => Body;
    };
    const io = new SocketServer(server, {
      path: '/daemon.io',
      transports: ['websocket'],
      parser: packageOf('hub', 'socket.io-msgpack-parser'),
    });
    io.of('/daemon').on('connection', (socket: DaemonSocket) => {
      void this.#greet(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  get joinToken(): string {
    const id = randomBytes(16).toString('hex');
    return `rhj_${id}.${randomBytes(32).toString('base64url')}.${this.#enrolmentKey.fingerprint}`;
  }

  /** Proves itself with another key from now on. */
  changeKey(): void {
    this.#key = newKey();
  }

  async connected(): Promise<void> {
    await until(() => this.#daemon, { what: 'the daemon said hello to the fake hub' });
  }

  async ask(event: string, payload: unknown): Promise<Body> {
    if (!this.#daemon) throw new Error('no daemon');
    return this.#daemon.timeout(5_000).emitWithAck(event, payload);
  }

  /** Orders a spawn. @returns the acknowledgement */
  spawn(op: object, sessionId: string = randomUUID()): Promise<Body> {
    const whole = {
      ...{
        kind: 'spawn',
        sessionId,
        epoch: 1,
        profile: 'bash',
        mode: 'new',
        worktree: false,
        baseBranch: null,
      },
      ...{ trust: false, companionOf: null, task: null, cols: 80, rows: 24 },
      ...op,
    };
    return this.#command(whole);
  }

  /** Orders the end of a session's first life. @returns the acknowledgement */
  end(sessionId: string): Promise<Body> {
    return this.#command({ kind: 'stop', sessionId, epoch: 1, force: true });
  }

  #command(op: object): Promise<Body> {
    return this.ask('command', { commandId: randomUUID(), ttlMs: 60_000, op });
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async #greet(socket: DaemonSocket): Promise<void> {
    const { hostId, nonce: daemonNonce } = socket.handshake.auth;
    const nonce = randomBytes(32).toString('base64url');
    const signature = this.#key.sign('roundhouse hub v1', this.hubId, hostId, daemonNonce, nonce);
    const challenge = { hubId: this.hubId, nonce, signature };
    const answer = await socket
      .timeout(5_000)
      .emitWithAck('auth.challenge', challenge)
      .catch(() => null);
    if (answer?.ok !== true) return;
    socket.on('hello', (_, ack) => {
      ack({ ok: true, data: { outboxAcked: 0, forget: [] } });
      this.#daemon = socket;
    });
    socket.on('outbox.push', ({ facts }, ack) => {
      this.facts.push(...facts.map((fact: Body) => fact.body));
      ack({ ok: true, data: { acked: facts.at(-1).seq } });
    });
    socket.emit('auth.accepted', { protocol: 1, generation: 1, hostName: 'prey' });
  }
}
