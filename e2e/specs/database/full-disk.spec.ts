// The disk of the database is full: what must be recorded is refused and says so, looking and typing go on, and it comes back by
// itself when there is room. On a disk of its own, which needs the right to mount.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { DatabaseBed } from '../../stack/database-bed.js';
import { FakeAgent } from '../../stack/fake-agent.js';
import { figures } from '../../stack/figures.js';
import { keystrokes, percentile } from '../../stack/measure.js';
import { until } from '../../stack/wait.js';

const diskMb = 128;
const limits = { keyMs: 200, backMs: 10_000 };
const typeForMs = 5_000;

const mayMount = process.getuid?.() === 0;

test('R:C18 F5 a full disk: acts are refused and say why, looking and typing go on, and it comes back by itself', async () => {
  test.skip(!mayMount, 'needs the right to mount');
  test.setTimeout(120_000);
  const bed = await DatabaseBed.start({ diskMb });
  try {
    const { stack, daemon, postgres } = bed;
    const echo = await FakeAgent.start(stack, daemon, { do: 'echo' });
    const viewer = await stack.view(echo.id);
    await viewer.sees('READY');

    // The data and the log share it: what is left is for a few pages.
    const ballast = path.join(postgres.dataDir, '../ballast');
    const freeKb = Number(
      execFileSync('df', ['--output=avail', '-k', postgres.dataDir], { encoding: 'utf8' }).split('\n')[1],
    );
    writeFileSync(ballast, Buffer.alloc(Math.max(0, freeKb - 16) * 1024));
    const refused = await until(
      async () => {
        const { status, body } = await stack.rest.call('POST', 'hosts', {
          name: `host ${performance.now()}`,
        });
        return status === 503 && body;
      },
      { what: 'a write is refused', timeoutMs: 30_000, everyMs: 1 },
    );
    expect(refused.code).toMatch(/^DB_(READ_ONLY|UNAVAILABLE)$/);
    const end = performance.now() + typeForMs;
    const seen: string[] = [];
    const looking = (async () => {
      while (performance.now() < end) {
        const { status, body } = await stack.rest.call('GET', `sessions/${echo.id}`);
        seen.push(status === 200 ? 'seen' : body.code);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    const keys = await keystrokes(viewer, () => performance.now() < end);
    await looking;
    const { body: readiness } = await stack.rest.call('GET', '/readyz');

    rmSync(ballast);
    const back = performance.now();
    await until(async () => (await stack.rest.call('GET', '/readyz')).status === 200, {
      what: 'ready again',
      timeoutMs: 60_000,
    });
    expect((await stack.rest.call('POST', 'hosts', { name: 'afterwards' })).status).toBe(201);
    const backMs = performance.now() - back;
    const p95 = percentile(keys, 0.95);
    figures('C18 full disk', {
      refused: refused.detail,
      keys: keys.length,
      p95,
      seen: [...new Set(seen)],
      readiness: readiness.checks[0].reason,
      backMs,
    });
    expect(p95).toBeLessThan(limits.keyMs);
    expect(backMs).toBeLessThan(limits.backMs);
    expect(refused.detail).toBe('The disk of the database is full');
    expect([...new Set(seen)]).toEqual(['seen']);
    expect(readiness.checks[0].reason).toContain('The disk of the database is full');
  } finally {
    await bed.stop();
  }
});
