// A hub whose PostgreSQL can be taken away, one daemon, and an agent that tells what it uses.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Session, UsageReply } from '@roundhouse/protocol';
import type { DaemonProcess } from './daemon.js';
import { fakeProfile } from './fake-agent.js';
import { makeRepository } from './git-repo.js';
import { claudeTelemetry, deliver, endpointOf, logs, type AgentRequest } from './otlp-sender.js';
import { inRepository } from './paths.js';
import { PostgresServer } from './postgres.js';
import { TcpProxy } from './proxy.js';
import { pause } from './size.js';
import { Stack } from './stack.js';

const telling = `name: told
always_available: true
commands:
  new: [sleep, '3600']
${claudeTelemetry()}`;
/** A little at a time, as an agent works. */
const tellEveryMs = 250;

export interface DatabaseBedOptions {
  /** The disk of the database; null for one that is not full. */
  readonly diskMb?: number | null;
  readonly hubEntry?: string;
}

export class DatabaseBed {
  private constructor(
    readonly postgres: PostgresServer,
    /** Between the hub and its database. */
    readonly line: TcpProxy,
    readonly stack: Stack,
    readonly daemon: DaemonProcess,
  ) {}

  static async start({ diskMb = null, ...hub }: DatabaseBedOptions = {}): Promise<DatabaseBed> {
    const postgres = await PostgresServer.start(diskMb);
    const line = await TcpProxy.start(postgres.url);
    const url = new URL(postgres.url);
    url.port = new URL(line.url).port;
    const watchLoop = `--require ${inRepository('bench/servers/loop-delay.cjs')}`;
    const env = { DATABASE_URL: url.href, NODE_OPTIONS: watchLoop };
    const stack = await Stack.start({ ...hub, hubEnv: env }).catch(async (error: unknown) => {
      line.stop();
      await postgres.dispose();
      throw error;
    });
    const profiles = fakeProfile(stack.base);
    writeFileSync(path.join(profiles.PROFILES_DIR, 'told.yaml'), telling);
    const daemon = stack.makeDaemon('mill', { env: profiles });
    const bed = new DatabaseBed(postgres, line, stack, daemon);
    try {
      makeRepository(daemon.root, 'engine');
      const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'mill' });
      daemon.hostId = id;
      daemon.start(joinToken);
      await stack.online(daemon);
      return bed;
    } catch (error) {
      await bed.stop();
      throw error;
    }
  }

  get project(): string {
    return path.join(this.daemon.root, 'engine');
  }

  told(): Promise<Session> {
    return this.stack.running(this.daemon, { project: this.project, profile: 'told' });
  }

  /** How late the hub's event loop was since this was last asked. */
  async loopMs(): Promise<{ readonly p99: number; readonly max: number }> {
    const { program } = this.stack.hub;
    program.lines.splice(
      0,
      program.lines.length,
      ...program.lines.filter((text) => !text.startsWith('event loop: ')),
    );
    process.kill(program.pid, 'SIGUSR2');
    return JSON.parse(await program.line('event loop: ')) as { p99: number; max: number };
  }

  async stop(): Promise<void> {
    try {
      await this.stack.stop();
    } finally {
      this.line.stop();
      await this.postgres.dispose();
    }
  }
}

/** An agent that tells what it uses, without a pause, until it is stopped. */
export function keepTelling(session: Session): { stop(): Promise<readonly AgentRequest[]> } {
  const url = `${endpointOf(session)}/v1/logs`;
  const sent: AgentRequest[] = [];
  let going = true;
  const done = (async () => {
    while (going) {
      const request = requestNow(sent.length);
      await deliver(url, logs([request]));
      sent.push(request);
      await pause(tellEveryMs);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await done;
      return sent;
    },
  };
}

const requestNow = (number: number): AgentRequest => ({
  ...{ id: randomUUID(), at: Date.now(), model: 'claude-opus-4-8' },
  tokens: [1_000 + number, 100, 10_000, 500],
  ...{ costNanos: 1_234_567, failed: false },
});

export const usageOf = (stack: Stack, { id }: Session): Promise<UsageReply> => {
  const hourMs = 3_600_000;
  const [from, to] = [-hourMs, hourMs].map((ms) => new Date(Date.now() + ms).toISOString());
  return stack.rest.get<UsageReply>(
    `usage?session=${id}&from=${String(from)}&to=${String(to)}&groupBy=minute`,
  );
};
