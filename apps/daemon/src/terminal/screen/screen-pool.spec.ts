// Real threads over the files of epochs that have ended: shared, replaced when they die, and quiet for the daemon.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, newId, silentLogger, systemClock } from '@roundhouse/kit';
import { sessionIdSchema, type SessionId, type TerminalPreview } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { segmentName } from '../../keeper/spool-reader.js';
import { threadsOf, type OpenHostPort } from './host-port.js';
import type { ScreenSpec } from './messages.js';
import { ScreenPool } from './screen-pool.js';
import { buildThread } from './testing/thread-bundle.js';

describe('screen threads', () => {
  const base = mkdtempSync(join(tmpdir(), 'rh-screens-'));
  let file = '';
  const deaths: (() => Promise<void>)[] = [];
  const previews: { sessionId: SessionId; preview: TerminalPreview }[] = [];
  let pool: ScreenPool;

  const openHost: OpenHostPort = (options) => {
    const port = threadsOf(file)(options);
    deaths.push(async () => {
      await port.terminate();
      options.onGone('killed by a test');
    });
    return port;
  };
  /** An epoch that has ended, with this output. */
  const ended = (output: Buffer): ScreenSpec => {
    const dir = mkdtempSync(join(base, 'epoch-'));
    mkdirSync(join(dir, 'spool'));
    writeFileSync(join(dir, 'spool', segmentName(0)), output);
    writeFileSync(join(dir, 'resizes.log'), '0 100 30\n');
    const sessionId = sessionIdSchema.parse(newId());
    return { sessionId, epoch: 1, dir, cols: 80, rows: 24, live: false, answersFrom: 'head' };
  };

  beforeAll(async () => {
    file = await buildThread();
    pool = new ScreenPool({
      ...{ clock: systemClock, logger: silentLogger(), scrollback: 1_000, openHost, threads: 2 },
      onType: () => undefined,
      onPreview: (sessionId, preview) => previews.push({ sessionId, preview }),
    });
  });
  afterAll(async () => {
    await pool.dispose();
    rmSync(base, { recursive: true, force: true });
    rmSync(file, { force: true });
  });

  it('draws many at once, and hands over snapshots as memory', async () => {
    const specs = Array.from({ length: 12 }, (_, index) =>
      ended(Buffer.from(`\u001b[1mnumber ${String(index)}\r\n`)),
    );
    const all = await Promise.all(specs.map((spec) => pool.ask(spec, { kind: 'snapshot', scrollback: 10 })));
    expect(all.map(({ cols, rows, offset }) => [cols, rows, offset]).slice(0, 2)).toEqual([
      [100, 30, 14],
      [100, 30, 14],
    ]);
    all.forEach(({ data }, index) => {
      expect(Buffer.from(data).toString()).toContain(`number ${String(index)}`);
    });
    const [first] = specs;
    if (first)
      expect((await pool.ask(first, { kind: 'preview' })).lines).toEqual([
        [{ text: 'number 0', bold: true }],
      ]);
  });

  it('keeps the daemon responsive while it draws 20 MB', async () => {
    const spec = ended(
      Buffer.alloc(
        20 * 1024 * 1024,
        'The quick brown fox jumps over the lazy dog. \u001b[32mgreen\u001b[0m\r\n',
      ),
    );
    let worst = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      worst = Math.max(worst, performance.now() - last - 5);
      last = performance.now();
    }, 5);
    await pool.ask(spec, { kind: 'preview' });
    clearInterval(timer);
    // Of a machine that others share, too; drawing here would block for a second and more.
    expect(worst).toBeLessThan(250);
  });

  it('replaces a thread that dies', async () => {
    const spec = ended(Buffer.from('still here'));
    await pool.ask(spec, { kind: 'preview' });
    const before = deaths.length;
    await Promise.all(deaths.map((die) => die()));
    const { lines } = await pool.ask(spec, { kind: 'preview' });
    expect(lines).toEqual([[{ text: 'still here' }]]);
    expect(deaths.length).toBeGreaterThan(before);
  });

  it('R:F40 ends at once when a thread dies over its last question', async () => {
    const clock = new ManualClock(0);
    let die = (): void => undefined;
    const dying = new ScreenPool({
      ...{ clock, logger: silentLogger(), scrollback: 10, threads: 1 },
      onType: () => undefined,
      onPreview: () => undefined,
      openHost: ({ onGone }) => {
        die = () => {
          onGone('no right to live');
        };
        return { post: () => undefined, terminate: () => Promise.resolve() };
      },
    });
    dying.open(ended(Buffer.from('x')));
    const end = dying.dispose();
    die();
    // The clock stands still: nothing may wait for a time limit.
    await end;
  });
});
