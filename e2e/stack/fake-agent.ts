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
    const report = path.join(daemon.root, `report-${randomUUID()}.json`);
    const task = JSON.stringify({ ...order, report });
    const session = await stack.running(daemon, {
      ...{ project: path.join(daemon.root, 'engine'), profile: 'fake', task },
      ...request,
    });
    return new FakeAgent(session, report);
  }

  get id(): string {
    return this.session.id;
  }

  /** Waits until it has done what it was told. */
  report(timeoutMs = 30_000): Promise<Body> {
    return until(() => read(this.reportFile), { what: 'the agent has written its report', timeoutMs });
  }
}

function read(file: string): Body {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
