// A real agent: Claude Code, interactively, against a loopback stand-in of its API. Its card shows exactly what the
// program itself reported, while it runs.
import path from 'node:path';
import process from 'node:process';
import { expect, test } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import { claudeThroughTee, installClaude, seedHome } from '../fixtures/claude-cli.js';
import { FakeAnthropic } from '../fixtures/fake-anthropic.js';
import { OtlpTee } from '../fixtures/otlp-tee.js';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';

const apiKey = 'sk-ant-loopback-0123456789abcdefghij';

let stack: Stack;
let daemon: DaemonProcess;
const api = new FakeAnthropic();
const tee = new OtlpTee();
let program: string | null = null;

test.beforeAll(async () => {
  test.setTimeout(200_000);
  program = await installClaude();
  if (program === null) return;
  await Promise.all([api.start(), tee.start()]);
  stack = await Stack.start();
  const bin = claudeThroughTee(path.join(stack.base, 'bin'), program, tee.url);
  daemon = stack.makeDaemon('one', {
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      ANTHROPIC_BASE_URL: api.url,
      ANTHROPIC_API_KEY: apiKey,
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
  });
});
test.afterAll(async () => {
  api.stop();
  tee.stop();
  if (program !== null) await stack.stop();
});

test('a real Claude Code session: its tokens and its cost are those that the program itself reported', async () => {
  test.skip(program === null, 'the npm registry cannot be reached, so there is no Claude Code to run');
  const project = makeRepository(daemon.root, 'signals');
  seedHome({ home: daemon.home, projects: [project], apiKey });
  const { id: hostId, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'one' });
  daemon.hostId = hostId;
  daemon.start(joinToken);
  const host = await stack.online(daemon);
  expect(host.profiles.find(({ name }) => name === 'claude')).toMatchObject({ available: true });

  const session = await stack.running(daemon, { project, profile: 'claude', cols: 120, rows: 40 });
  const viewer = await stack.view(session.id);
  await viewer.sees('❯', { timeoutMs: 30_000 });
  for (const [turn, prompt] of ['report the signals', 'and once more'].entries()) {
    const before = viewer.bytes.length;
    await viewer.type(prompt);
    await viewer.sees(prompt.split(' ').at(-1) ?? '', { since: before });
    await viewer.type('\r');
    // The screen is redrawn in pieces: words may be parted by movements of the cursor.
    await viewer.sees(/Signal.*box.*nine.*reports/s, { since: before, timeoutMs: 30_000 });
    expect(api.ledger.length).toBeGreaterThan(turn);
  }

  const shown = await until(
    async () => {
      const seen = await stack.session(session.id);
      return JSON.stringify(seen.tokens) === JSON.stringify(ordered(api.total)) && seen;
    },
    { what: `the card shows ${JSON.stringify(api.total)}`, timeoutMs: 20_000 },
  ).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; it shows ${JSON.stringify((await stack.session(session.id)).tokens)}`);
  });
  expect(shown.state).toBe('running');
  expect(shown.costSource).toBe('reported');
  expect(shown.model).toMatch(/^claude-/);

  // The program's own report, from what it sent: metrics come a moment after the events.
  const reported = await until(
    () => {
      const sums = tee.sum('claude_code.token.usage', 'type');
      return sums['input'] === api.total.input && sums;
    },
    { what: 'the metrics of the program hold every request', timeoutMs: 20_000 },
  );
  expect(reported).toEqual({ ...api.total });
  const cost = tee.nanos('claude_code.cost.usage');
  expect(cost).toBeGreaterThan(0);
  const after: Session = await stack.session(session.id);
  expect(after).toMatchObject({ state: 'running', tokens: api.total });
  expect(after.costNanos).toBe(cost);

  await stack.rest.ok('POST', `sessions/${session.id}/stop`, {});
  await stack.sessionIs(session.id, 'exited');
  expect(await stack.session(session.id)).toMatchObject({ tokens: api.total, costNanos: after.costNanos });
  expect(viewer.faults).toEqual([]);
});

const ordered = ({ input, output, cacheRead, cacheCreation }: Session['tokens']) => ({
  input,
  output,
  cacheRead,
  cacheCreation,
});
