// Sessions of the fake agent: what it is told to do, and what it reports of itself.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Session } from '@roundhouse/protocol';
import type { DaemonProcess } from './daemon.js';
import { inRepository } from './paths.js';
import type { Body } from './rest.js';
import type { Stack } from './stack.js';
import { until } from './wait.js';

const program = inRepository('e2e/scripts/fake-agent/main.mjs');

/** What it can be told; see `scripts/fake-agent/`. */
export type Order = { readonly exit?: number; readonly stubborn?: boolean } & (
  | {
      readonly do: 'print';
      readonly lines: number;
      readonly perS?: number;
      readonly stay?: boolean;
      readonly tokens?: number;
    }
  | { readonly do: 'ask'; readonly queries: readonly string[]; readonly waitMs?: number }
  | { readonly do: 'sink'; readonly bytes?: number }
  | { readonly do: 'echo' }
  | { readonly do: 'tui'; readonly frames?: number; readonly everyMs?: number }
);

/** Environment of a daemon that offers it as the profile `fake`. */
export function fakeProfile(directory: string): { PROFILES_DIR: string } {
  const dir = path.join(directory, 'profiles');
  mkdirSync(dir, { recursive: true });
  const command = `${JSON.stringify(process.execPath)}, ${JSON.stringify(program)}`;
  writeFileSync(
    path.join(dir, 'fake.yaml'),
    `name: fake
always_available: true
commands:
  new: [${command}]
  resume: [${command}, --continue]
session_id: [--session-id, '{session_uuid}']
resume_by_id: [${command}, --resume, '{session_uuid}']
task: argument
telemetry:
  token_metrics: [fake.token.usage]
`,
  );
  return { PROFILES_DIR: dir };
}

export class FakeAgent {
  private constructor(
    readonly session: Session,
    private readonly reportFile: string,
  ) {}

  static async start(
    stack: Stack,
    daemon: DaemonProcess,
    order: Order,
    request: Readonly<Record<string, unknown>> = {},
  ): Promise<FakeAgent> {
    const report = newReport(daemon);
    const session = await stack.running(daemon, { ...requestFor(daemon, order, report), ...request });
    return new FakeAgent(session, report);
  }

  /** Asked for again, with the same key, until a hub that comes and goes has taken it. */
  static async insist(stack: Stack, daemon: DaemonProcess, order: Order): Promise<FakeAgent> {
    const report = newReport(daemon);
    const key = { 'idempotency-key': randomUUID() };
    const size = { cols: 100, rows: 30 };
    const body = { hostId: daemon.hostId, ...requestFor(daemon, order, report), ...size, deadlineS: 600 };
    const session = await until(
      async () => {
        const answer = await stack.rest.call('POST', 'sessions', body, key).catch(() => null);
        if (answer && answer.status >= 400 && answer.status < 500)
          throw new Error(JSON.stringify(answer.body));
        return answer !== null && answer.status < 300 && (answer.body as Session);
      },
      { what: 'the spawn is taken', timeoutMs: 60_000 },
    );
    return new FakeAgent(session, report);
  }

  get id(): string {
    return this.session.id;
  }

  /** How often the program was started. */
  get starts(): number {
    return readFileSync(`${this.reportFile}.starts`, 'utf8').trim().split('\n').length;
  }

  /** Waits until it has done what it was told. */
  report(timeoutMs = 30_000): Promise<Body> {
    return until(() => read(this.reportFile), { what: 'the agent has written its report', timeoutMs });
  }
}

const newReport = (daemon: DaemonProcess): string => path.join(daemon.root, `report-${randomUUID()}.json`);

const requestFor = (daemon: DaemonProcess, order: Order, report: string) => ({
  project: path.join(daemon.root, 'engine'),
  profile: 'fake',
  task: JSON.stringify({ ...order, report }),
});

function read(file: string): Body {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
