// A daemon that is enrolled and proven, and then says whatever a test wants it to say.
import { randomBytes, randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import { newKey, packageOf, type TestKey } from './host-key.js';
import { Rest, type Body } from './rest.js';

export interface Frame {
  readonly event: string;
  readonly payload: Body;
}

/** What a host that has enrolled holds. */
export interface Enrolled {
  readonly hostId: string;
  readonly hubId: string;
  readonly key: TestKey;
  readonly instanceId: string;
}

export class RogueDaemon {
  /** Everything that came after the handshake. */
  readonly frames: Frame[] = [];

  private constructor(
    readonly hostId: string,
    private readonly socket: Socket,
  ) {}

  static async enrol(hubUrl: string, joinToken: string): Promise<Enrolled> {
    const key = newKey();
    const instanceId = randomUUID();
    const enrol = { token: joinToken, publicKey: key.publicKey, instanceId };
    const { hostId, hubId } = await new Rest(hubUrl).ok('POST', 'enrol', enrol);
    return { hostId, hubId, key, instanceId };
  }

  /** Enrols with the token, proves its key, says hello. */
  static async connect(hubUrl: string, joinToken: string): Promise<RogueDaemon> {
    return RogueDaemon.link(hubUrl, await RogueDaemon.enrol(hubUrl, joinToken));
  }

  /** Proves its key, says hello. */
  static async link(hubUrl: string, { hostId, hubId, key, instanceId }: Enrolled): Promise<RogueDaemon> {
    const nonce = randomBytes(32).toString('base64url');
    const socket = io(`${hubUrl}/daemon`, {
      path: '/daemon.io',
      transports: ['websocket'],
      parser: packageOf('daemon', 'socket.io-msgpack-parser'),
      auth: { hostId, instanceId, nonce, protocol: { min: 1, max: 1 } },
      reconnection: false,
      forceNew: true,
    });
    socket.on('auth.challenge', (challenge, ack) => {
      const signature = key.sign('roundhouse host v1', hubId, hostId, challenge.nonce, instanceId, nonce);
      ack({ ok: true, data: { signature } });
    });
    const accepted = await new Promise<Body>((resolve, reject) => {
      socket.once('auth.accepted', resolve);
      socket.once('auth.refused', (error) => {
        reject(new Error(JSON.stringify(error)));
      });
      socket.once('connect_error', reject);
    });
    const rogue = new RogueDaemon(hostId, socket);
    socket.onAny((event: string, payload: Body) => rogue.frames.push({ event, payload }));
    await rogue.hello(accepted.generation);
    return rogue;
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  hello(generation: number, sessions: readonly unknown[] = []): Promise<Body> {
    const outbox = { stream: randomUUID(), lastSeq: 0 };
    const hello = { daemonVersion: '0', generation, system: null, inventory: null, sessions, outbox };
    return this.ask('hello', hello);
  }

  emit(event: string, payload: unknown): void {
    this.socket.emit(event, payload);
  }

  ask(event: string, payload: unknown): Promise<Body> {
    return this.socket.timeout(5_000).emitWithAck(event, payload);
  }

  close(): void {
    this.socket.close();
  }
}
