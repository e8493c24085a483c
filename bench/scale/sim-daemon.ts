// A daemon without machines: enrolled with a key of its own, speaks the real protocol, its sessions print numbers.
import { randomBytes, randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import * as msgpack from 'socket.io-msgpack-parser';
import { newKey, type TestKey } from '../../e2e/stack/host-key.js';
import type { Rest } from '../../e2e/stack/rest.js';

const statusMs = 5_000;
const size = { cols: 120, rows: 40 } as const;
const system = {
  ...{ os: 'Linux', arch: 'x64', hostname: 'simulated', cores: 2, cpuPercent: 10, memTotalBytes: 1e9 },
  ...{ memUsedBytes: 5e8, diskTotalBytes: 1e9, diskFreeBytes: 5e8, uptimeS: 1_000 },
} as const;

interface Identity {
  readonly hostId: string;
  readonly hubId: string;
  readonly instanceId: string;
  readonly key: TestKey;
}

export class SimDaemon {
  readonly sessionIds: readonly string[];
  readonly faults: string[] = [];
  readonly #open = new Map<string, number>();
  readonly #stream = randomUUID();
  #seq = 0;
  #pushed: Promise<void> = Promise.resolve();
  #status: NodeJS.Timeout | null = null;

  private constructor(
    private readonly socket: Socket,
    sessions: number,
  ) {
    this.sessionIds = Array.from({ length: sessions }, () => randomUUID());
  }

  static async start(rest: Rest, name: string, sessions: number): Promise<SimDaemon> {
    const { joinToken } = await rest.ok('POST', 'hosts', { name });
    const [key, instanceId] = [newKey(), randomUUID()];
    const enrol = { token: joinToken, publicKey: key.publicKey, instanceId };
    const { hostId, hubId } = await rest.ok('POST', 'enrol', enrol);
    const { socket, generation } = await connect(rest.origin, { hostId, hubId, instanceId, key });
    const daemon = new SimDaemon(socket, sessions);
    await daemon.#begin(generation);
    return daemon;
  }

  /** One message of a session, if somebody watches it. */
  print(number: number, data: Buffer): boolean {
    const sessionId = this.sessionIds[number] ?? '';
    const offset = this.#open.get(sessionId);
    if (offset === undefined) return false;
    this.#open.set(sessionId, offset + data.length);
    this.socket.emit('terminal.output', { sessionId, epoch: 1, offset, data });
    return true;
  }

  /** What the agent of a session does now, as its hooks tell it. */
  does(number: number, kind: 'working' | 'waiting' | 'idle'): void {
    const sessionId = this.sessionIds[number];
    const since = new Date().toISOString();
    const waitsFor = kind === 'waiting' ? 'permission' : null;
    const activity = { kind, why: `hook ${kind}`, since, waitsFor, source: 'hook', ask: null, until: null };
    this.socket.emit('session.activity', { sessionId, epoch: 1, activity });
  }

  /** What the agents of some sessions have used so far; one push at a time, as of the outbox of a daemon. */
  used(numbers: readonly number[], tokens: number): void {
    const facts = numbers.map((number) => ({
      seq: (this.#seq += 1),
      at: new Date().toISOString(),
      body: { kind: 'session.usage', sessionId: this.sessionIds[number], epoch: 1, usage: usageOf(tokens) },
    }));
    const acked = this.#seq;
    this.#pushed = this.#pushed
      .then(async () => {
        const answer = await this.socket
          .timeout(10_000)
          .emitWithAck('outbox.push', { stream: this.#stream, facts });
        if (answer.data?.acked !== acked) throw new Error(JSON.stringify(answer));
      })
      .catch((error: unknown) => {
        this.faults.push(`usage was not taken: ${String(error)}`);
      });
  }

  close(): void {
    if (this.#status) clearInterval(this.#status);
    this.socket.removeAllListeners();
    this.socket.close();
  }

  async #begin(generation: number): Promise<void> {
    const { socket } = this;
    socket.on('disconnect', (reason) => this.faults.push(`a daemon lost its hub: ${reason}`));
    socket.on('terminal.open', ({ sessionId }, ack) => {
      const head = this.#open.get(sessionId) ?? 0;
      this.#open.set(sessionId, head);
      const resizes = [{ offset: 0, ...size }];
      ack({ ok: true, data: { epoch: 1, oldest: head, head, resizes, exit: null } });
    });
    for (const event of ['terminal.close', 'preview.watch']) {
      socket.on(event, (_, ack) => ack({ ok: true, data: {} }));
    }
    const sessions = this.sessionIds.map(reported);
    const outbox = { stream: this.#stream, lastSeq: 0 };
    const hello = { daemonVersion: '0', generation, system, inventory: null, sessions, outbox };
    const answer = await socket.timeout(60_000).emitWithAck('hello', hello);
    if (answer.ok !== true) throw new Error(`hello was refused: ${JSON.stringify(answer.error)}`);
    this.#status = setInterval(() => {
      socket.emit('status', { system, sessions });
    }, statusMs);
  }
}

const reported = (sessionId: string) => ({
  ...{ sessionId, epoch: 1, state: 'running', profile: 'bash', mode: 'new', project: '/srv/project' },
  ...{ cwd: '/srv/project', branch: 'main', remoteUrl: null, worktree: false, pid: 1, ...size },
  ...{ warnings: [], startedAt: new Date().toISOString() },
});

const usageOf = (tokens: number) => ({
  ...{ rev: tokens, model: 'claude-opus-4-8', costSource: 'reported', costNanos: tokens * 1_000 },
  ...{ requests: tokens, context: null, activeSeconds: null },
  tokens: { input: tokens, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
});

async function connect(origin: string, { hostId, hubId, instanceId, key }: Identity) {
  const nonce = randomBytes(32).toString('base64url');
  const socket = io(`${origin}/daemon`, {
    path: '/daemon.io',
    transports: ['websocket'],
    parser: msgpack,
    auth: { hostId, instanceId, nonce, protocol: { min: 1, max: 1 } },
    reconnection: false,
    forceNew: true,
  });
  socket.on('auth.challenge', (challenge, ack) => {
    const signature = key.sign('roundhouse host v1', hubId, hostId, challenge.nonce, instanceId, nonce);
    ack({ ok: true, data: { signature } });
  });
  const { generation } = await new Promise<{ generation: number }>((resolve, reject) => {
    socket.once('auth.accepted', resolve);
    socket.once('auth.refused', (error) => {
      reject(new Error(JSON.stringify(error)));
    });
    socket.once('connect_error', reject);
  });
  return { socket, generation };
}
