// Owns the children of an `npm start` that was killed: the next start finds them by pid and start time and ends
// them, so that port and database are free. Keepers and agents are not among them and live on.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunError, say } from './output.mjs';
import { processStartTime } from './proc.mjs';

const graceMs = 8_000;
const pollMs = 100;
const fileOf = (state) => join(state, 'running.json');

/** Notes who runs here now: `{supervisor, hub, daemon}` pids. */
export function noteRunning(state, pids) {
  const entries = Object.entries(pids).filter(([, pid]) => pid !== undefined);
  const noted = entries.map(([name, pid]) => ({ name, pid, startTime: processStartTime(pid) }));
  writeFileSync(fileOf(state), JSON.stringify(noted), { mode: 0o600 });
}

export function forgetRunning(state) {
  rmSync(fileOf(state), { force: true });
}

/** Throws RunError if a live `npm start` owns this state directory; ends the children of a dead one. */
export async function clearLeftovers(state) {
  const alive = readNoted(state).filter(
    ({ pid, startTime }) => startTime && processStartTime(pid) === startTime,
  );
  const supervisor = alive.find(({ name }) => name === 'supervisor');
  if (supervisor) {
    throw new RunError(`Roundhouse already runs from ${state} (pid ${supervisor.pid}).`, {
      hint: 'Stop that one first, or set ROUNDHOUSE_STATE_DIR and ROUNDHOUSE_PORT for a second one.',
    });
  }
  for (const left of alive) {
    say(`a ${left.name} of an earlier start is still there (pid ${left.pid}): ending it`);
    await endProcess(left);
  }
}

async function endProcess({ pid, startTime }) {
  const isThere = () => processStartTime(pid) === startTime;
  const until = performance.now() + graceMs;
  if (isThere()) process.kill(pid, 'SIGTERM');
  while (isThere() && performance.now() < until) await sleep(pollMs);
  if (isThere()) process.kill(pid, 'SIGKILL');
}

function readNoted(state) {
  try {
    return JSON.parse(readFileSync(fileOf(state), 'utf8'));
  } catch {
    return [];
  }
}
