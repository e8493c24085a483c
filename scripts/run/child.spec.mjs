// Programs that scripts start are ended for certain: what does not go when it is asked must not hold up a run for ever.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { stopperOf } from './child.mjs';

afterEach(() => vi.restoreAllMocks());

async function started(program) {
  const child = spawn(process.execPath, [
    '-e',
    `${program}; console.log('here'); setInterval(() => {}, 1000)`,
  ]);
  await once(child.stdout, 'data');
  return child;
}

it('asks, and says nothing when that is enough; a second time it is over already', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const child = await started("process.on('SIGTERM', () => process.exit(0))");
  const stop = stopperOf(child, 'it');
  await stop();
  await stop();
  expect([child.exitCode, child.signalCode]).toEqual([0, null]);
  expect(said).not.toHaveBeenCalled();
});

it('kills what does not go, and says so', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const child = await started("process.on('SIGTERM', () => {})");
  await stopperOf(child, 'the stubborn one', { ms: 100 })();
  expect(child.signalCode).toBe('SIGKILL');
  expect(said.mock.calls.join()).toContain('the stubborn one did not end within 0.1 s and was killed');
});
