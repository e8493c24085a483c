// Hosts and sessions for tests: complete by the schema, changed where a test says so.
import {
  hostSchema,
  sessionSchema,
  type Activity,
  type ActivityKind,
  type Host,
  type HostProfile,
  type ProjectInfo,
  type Session,
} from '@roundhouse/protocol';

const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
let last = 0;
const nextId = (): string => idOf((last += 1));

export const testNow = Date.parse('2026-03-04T12:00:00Z');
/** ISO text of a moment some minutes before `testNow`. */
export const minutesAgo = (minutes: number): string => new Date(testNow - minutes * 60_000).toISOString();

export const makeProfile = (name: string, change: Partial<HostProfile> = {}): HostProfile => ({
  ...{ name, displayName: name, color: 'slate', available: true, reason: null, version: '1.0' },
  ...{ supportsResume: name !== 'bash', takesTask: name !== 'bash' },
  commands: { new: [name], resume: name === 'bash' ? null : [name, '--continue'] },
  ...change,
});

export const makeProject = (name: string, change: Partial<ProjectInfo> = {}): ProjectInfo => ({
  ...{ path: `/src/${name}`, name, branch: 'main', remoteUrl: null, worktreeOf: null, trusted: true },
  ...change,
});

export const makeActivity = (kind: ActivityKind, change: Partial<Activity> = {}): Activity => ({
  ...{ kind, why: '', since: minutesAgo(1), waitsFor: null, source: null, ask: null, until: null },
  ...change,
});

type Input<T> = { [K in keyof T]?: unknown };

export function makeHost(change: Input<Host> = {}): Host {
  return hostSchema.parse({
    ...{ id: nextId(), version: 1, name: 'atlas', state: 'online', lastSeenAt: minutesAgo(0) },
    ...{ createdAt: minutesAgo(9000), daemonVersion: '0.1.0', joinTokenExpiresAt: null },
    ...{ keySince: minutesAgo(9000), hasKey: true },
    ...{ projectRoots: ['/src'], projects: [makeProject('api')], profileProblems: [] },
    profiles: [makeProfile('claude'), makeProfile('bash')],
    system: {
      ...{ os: 'Debian 13', arch: 'x64', hostname: 'atlas', cores: 8, cpuPercent: 34 },
      ...{ memTotalBytes: 100, memUsedBytes: 61, diskTotalBytes: 100, diskFreeBytes: 50, uptimeS: 10 },
    },
    ...{ otlp: { state: 'listening', port: 4318, reason: null }, scannedAt: minutesAgo(1), problem: null },
    ...change,
  });
}

export function makeSession(host: Host, change: Input<Session> = {}): Session {
  const id = nextId();
  return sessionSchema.parse({
    ...{
      id,
      version: 1,
      hostId: host.id,
      name: `s-${id.slice(-2)}`,
      task: null,
      profile: 'claude',
      mode: 'new',
    },
    ...{ project: '/src/api', projectName: 'api', cwd: '/src/api', branch: 'main', baseBranch: null },
    ...{
      remoteUrl: null,
      worktree: false,
      companionOf: null,
      epoch: 1,
      state: 'running',
      desired: 'running',
    },
    ...{
      activity: null,
      stateReason: null,
      exitCode: null,
      signal: null,
      warnings: [],
      orphan: false,
      pid: 42,
    },
    ...{ cols: 120, rows: 34, model: null, costNanos: 0, costSource: 'none', context: null },
    tokens: { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
    ...{ createdAt: minutesAgo(60), startedAt: minutesAgo(60), endedAt: null, deadlineAt: null },
    ...change,
  });
}

export const doing = (kind: string, minutes = 1, why = ''): Input<Session> => ({
  activity: { kind, why, since: minutesAgo(minutes) },
});
