// For the tests of this folder: the hub's side of the daemon link, on a real socket server, scripted by the test.
import {
  createHash,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  verify,
  createPublicKey,
} from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import { newSecret } from '@roundhouse/kit';
import {
  AppError,
  formatJoinToken,
  hostIdSchema,
  hostProof,
  hubProof,
  toWireError,
  type ErrorCode,
  type Fact,
} from '@roundhouse/protocol';
import { Server, type Socket } from 'socket.io';
import * as msgpack from 'socket.io-msgpack-parser';
import { newHostKey, HostIdentity, type NewKey } from '../host-identity.js';

interface Problem {
  readonly status: number;
  readonly body: unknown;
}

/** A refusal as the hub words it. */
export const problem = (status: number, code: ErrorCode): Problem => ({
  status,
  body: { type: 'about:blank', title: code, status, detail: `Because ${code}`, code, hint: 'Do something' },
});

export class FakeHub {
  readonly hubId = randomUUID();
  readonly hostId = hostIdSchema.parse(randomUUID());
  readonly #keys = generateKeyPairSync('ed25519');
  readonly http: HttpServer;
  readonly io: Server;
  /** What the next enrolments are answered; then they are accepted. */
  readonly enrolAnswers: (Problem | string)[] = [];
  enrolments = 0;
  hostPublicKey: string | null = null;
  /** Refuses the next connections after the proof. */
  readonly refusals: unknown[] = [];
  /** What a hub that is not ours would do. */
  behave: 'hub' | 'silent' | 'wrong key' | 'no proof' = 'hub';
  readonly hellos: { sessions: unknown[]; inventory: unknown; generation: number }[] = [];
  readonly received: { name: string; payload: unknown; beforeHello: boolean }[] = [];
  readonly sockets: Socket[] = [];
  readonly nonces: string[] = [];
  applied = 0;
  stream = '';
  readonly facts: Fact[] = [];
  /** Whether a push is answered, after it was applied or not. */
  pushes: 'answer' | 'apply only' | 'ignore' | 'refuse' = 'answer';
  refused = 0;
  forget: string[] = [];
  #heard: (() => void)[] = [];

  constructor() {
    this.http = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const { status, text } = this.#enrol(JSON.parse(body || '{}'));
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
      });
    });
    this.io = new Server(this.http, { path: '/daemon.io', parser: msgpack, pingInterval: 5_000 });
    this.io.of('/daemon').on('connection', (socket) => {
      this.#connected(socket).catch(() => socket.disconnect(true));
    });
  }

  get publicKey(): string {
    return this.#keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    const address = this.http.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    return `http://127.0.0.1:${String(address.port)}`;
  }

  joinToken(): string {
    const hubKey = createHash('sha256').update(Buffer.from(this.publicKey, 'base64')).digest('base64url');
    return formatJoinToken({ id: randomUUID(), secret: newSecret(), hubKey, ca: null });
  }

  /** A daemon that is registered already. */
  identity(key: NewKey = newHostKey()): HostIdentity {
    this.hostPublicKey = key.publicKey;
    return new HostIdentity({
      version: 1,
      hostId: this.hostId,
      hostName: 'here',
      hubId: this.hubId,
      hubPublicKey: this.publicKey,
      caCertificate: null,
      privateKey: key.privateKey,
      joinTokenId: 'x',
    });
  }

  get last(): Socket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nobody has connected');
    return socket;
  }

  /** Resolves when `done` holds, looked at after everything that is heard. */
  async until(done: () => boolean, what: string, ms = 8_000): Promise<void> {
    const deadline = performance.now() + ms;
    while (!done()) {
      if (performance.now() > deadline) throw new Error(`${what}: not within ${String(ms)} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#heard.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  async close(): Promise<void> {
    await this.io.close();
    this.http.closeAllConnections();
  }

  #enrol(body: { publicKey?: string }): { status: number; text: string } {
    this.enrolments += 1;
    const scripted = this.enrolAnswers.shift();
    if (typeof scripted === 'string') return { status: 502, text: scripted };
    if (scripted) return { status: scripted.status, text: JSON.stringify(scripted.body) };
    this.hostPublicKey = body.publicKey ?? null;
    const { hubId, hostId, publicKey } = this;
    const answer = { hostId, name: 'here', hubId, hubPublicKey: publicKey, caCertificate: null };
    return { status: 201, text: JSON.stringify(answer) };
  }

  async #connected(socket: Socket): Promise<void> {
    this.sockets.push(socket);
    let saidHello = false;
    socket.onAny((name: string, payload: unknown) => {
      this.received.push({ name, payload, beforeHello: !saidHello && name !== 'hello' });
      for (const wake of this.#heard.splice(0)) wake();
    });
    socket.on('hello', (hello, answer: (result: unknown) => void) => {
      saidHello = true;
      this.hellos.push(hello);
      if (hello.outbox.stream !== this.stream) this.applied = 0;
      this.stream = hello.outbox.stream;
      answer({ ok: true, data: { outboxAcked: this.applied, forget: this.forget } });
    });
    socket.on('outbox.push', ({ facts }: { facts: Fact[] }, answer: (result: unknown) => void) => {
      if (this.pushes === 'ignore') return;
      if (this.pushes === 'refuse') {
        this.refused += 1;
        answer({ ok: false, error: toWireError(new AppError('DB_UNAVAILABLE')) });
        return;
      }
      for (const fact of facts) {
        if (fact.seq !== this.applied + 1) continue;
        this.applied = fact.seq;
        this.facts.push(fact);
      }
      if (this.pushes === 'answer') answer({ ok: true, data: { acked: this.applied } });
    });
    await this.#handshake(socket);
  }

  async #handshake(socket: Socket): Promise<void> {
    const { hostId, nonce: daemonNonce, instanceId } = socket.handshake.auth as Record<string, string>;
    this.nonces.push(String(daemonNonce));
    if (this.behave === 'silent') return;
    const { hubId } = this;
    const accept = () =>
      socket.emit('auth.accepted', { protocol: 1, generation: this.sockets.length, hostName: 'here' });
    if (this.behave === 'no proof') {
      accept();
      return;
    }
    const nonce = randomBytes(32).toString('base64url');
    const key = this.behave === 'hub' ? this.#keys.privateKey : generateKeyPairSync('ed25519').privateKey;
    const signature = sign(null, hubProof(hubId, String(hostId), String(daemonNonce), nonce), key);
    const answer = await socket
      .timeout(5_000)
      .emitWithAck('auth.challenge', { hubId, nonce, signature: signature.toString('base64') });
    const proof = hostProof({
      hubId,
      hostId: String(hostId),
      hubNonce: nonce,
      instanceId: String(instanceId),
      daemonNonce: String(daemonNonce),
    });
    const spki = createPublicKey({
      key: Buffer.from(this.hostPublicKey ?? '', 'base64'),
      format: 'der',
      type: 'spki',
    });
    const proven = answer.ok && verify(null, proof, spki, Buffer.from(answer.data.signature, 'base64'));
    const refusal = proven ? this.refusals.shift() : { code: 'HOST_KEY_INVALID', message: 'no' };
    if (refusal !== undefined) {
      socket.emit('auth.refused', refusal);
      socket.disconnect(true);
    } else accept();
  }
}
