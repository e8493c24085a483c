// The daemon as a whole, against a scripted hub: one per state directory, agents outlive it, it ends in time.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newId, silentLogger } from '@roundhouse/kit';
import { AppError, type ReportedSession } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DaemonConfig } from './config.js';
import { Daemon } from './daemon.js';
import { isProcessAlive, processRef } from './keeper/proc.js';
import { stopProcessTree } from './keeper/process-tree.js';
import { eventually } from './keeper/testing/keeper-rig.js';
import { FakeHub } from './link/testing/fake-hub.js';

const here = dirname(fileURLToPath(import.meta.url));
const script = join(here, '../scripts/build-keeper.mjs');
const built = join(here, '../dist/keeper');

describe('a daemon', () => {
  const base = mkdtempSync(join(tmpdir(), 'rhd-'));
  const sessionId = newId();
  const hub = new FakeHub();
  let config: DaemonConfig;

  beforeAll(async () => {
    const { buildKeeper }: { buildKeeper: (outDir: string) => Promise<void> } = await import(script);
    if (!existsSync(join(built, 'keeper.mjs'))) await buildKeeper(built);
    for (const dir of ['root/project', 'profiles', 'state/keepers/0123456789abcdef'])
      mkdirSync(join(base, dir), { recursive: true });
    writeFileSync(
      join(base, 'profiles/cat.yaml'),
      'name: cat\nbinary: cat\ncommands: { new: [cat], resume: [cat] }\ntask: none\n',
    );
    config = {
      hubUrl: await hub.listen(),
      joinToken: hub.joinToken(),
      projectRoots: [join(base, 'root')],
      projectsDepth: 2,
      otlp: { port: 0, explicit: true },
      otlpForward: null,
      profileDirs: [join(base, 'profiles')],
      stateDir: join(base, 'state'),
      keepers: 'own' as const,
      spoolMb: 64,
      scrollbackLines: 100,
      logLevel: 'silent',
      logFile: null,
    };
  });
  afterAll(async () => {
    await stopProcessTree({ sessionId, agent: null, force: true });
    await hub.close();
    rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });

  const settings = {
    show: () => ({ file: null, places: [], loadedAt: '2026-01-01T00:00:00Z', problems: [], items: [] }),
    onRead: () => () => undefined,
  };
  const start = () => {
    const stop = new AbortController();
    const env = { PATH: process.env['PATH'], HOME: base };
    const ended = new Daemon({ config, settings, logger: silentLogger(), env }).run(stop.signal);
    ended.catch(() => undefined);
    return { ended, stop: () => stop.abort(new AppError('SHUTTING_DOWN')) };
  };
  const told = (kind: string) => hub.facts.filter(({ body }) => body.kind === kind);

  it('R:F40 enrols, spawns, ends within 10 s, leaves its agent running, and finds it again', async () => {
    const first = start();
    await hub.until(() => hub.hellos.length === 1, 'hello');
    await expect(start().ended).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    expect(readdirSync(join(base, 'state/keepers'))).toHaveLength(1);
    await hub.until(
      () => hub.received.some(({ name }) => name === 'inventory') || hub.hellos[0]?.inventory !== null,
      'inventory',
    );
    const op = {
      kind: 'spawn',
      ...{
        sessionId,
        epoch: 1,
        profile: 'cat',
        project: join(base, 'root/project'),
        mode: 'new',
        worktree: false,
      },
      ...{ baseBranch: null, trust: false, companionOf: null, task: null, cols: 80, rows: 24 },
    };
    const order = { commandId: newId(), ttlMs: 10_000, op };
    expect(await hub.last.timeout(5_000).emitWithAck('command', order)).toEqual({ ok: true, data: {} });
    expect(await hub.last.timeout(5_000).emitWithAck('command', { ...order, ttlMs: 0 })).toEqual({
      ok: true,
      data: {},
    });
    await hub.until(() => told('session.started').length === 1, 'it runs');
    const fact = told('session.started')[0]?.body;
    const agent = processRef(fact?.kind === 'session.started' ? fact.pid : 0);
    const opened = await hub.last
      .timeout(5_000)
      .emitWithAck('terminal.open', { sessionId, epoch: null, from: 0 });
    expect(opened).toMatchObject({ ok: true, data: { epoch: 1, head: 0, exit: null } });
    const input = { sessionId, epoch: 1, client: 'v', seq: 1, data: Buffer.from('hi\n') };
    expect(await hub.last.timeout(5_000).emitWithAck('terminal.input', input)).toEqual({
      ok: true,
      data: { seq: 1 },
    });
    await hub.until(() => hub.received.some(({ name }) => name === 'terminal.output'), 'its echo');
    const begin = performance.now();
    first.stop();
    await first.ended;
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(isProcessAlive(agent)).toBe(true);

    const second = start();
    await hub.until(() => hub.hellos.length === 2, 'hello again');
    const reported = hub.hellos[1]?.sessions as ReportedSession[];
    expect(reported).toMatchObject([{ sessionId, state: 'running', pid: agent.pid }]);
    expect(hub.enrolments).toBe(1);
    const stopOp = { kind: 'stop', sessionId, epoch: 1, force: true };
    await hub.last.timeout(5_000).emitWithAck('command', { commandId: newId(), ttlMs: 10_000, op: stopOp });
    await hub.until(() => told('session.exited').length === 1, 'its end');
    expect(await hub.last.timeout(9_000).emitWithAck('session.forget', { sessionId })).toMatchObject({
      ok: true,
    });
    expect(readdirSync(join(base, 'state/sessions'))).toEqual([]);
    second.stop();
    await second.ended;
    expect(existsSync(join(base, 'state/daemon.lock'))).toBe(false);
    await eventually(
      () => readdirSync(join(base, 'state')).every((name) => !name.endsWith('.tmp')),
      'no litter',
    );
  }, 40_000);

  it('ends at once while it waits for its hub to be set up', async () => {
    const body = { type: 'about:blank', title: 'x', status: 503, code: 'SETUP_REQUIRED' };
    hub.enrolAnswers.push(...Array.from({ length: 50 }, () => ({ status: 503, body })));
    const before = config;
    config = { ...config, stateDir: join(base, 'other') };
    const waiting = start();
    await eventually(() => hub.enrolments > 2, 'it asks');
    waiting.stop();
    await expect(waiting.ended).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    config = before;
  });
});
