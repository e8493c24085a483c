// Owns finding everything that a run started, whoever its parent is now: by a marker in the environment that all
// descendants inherit. Linux only (/proc).
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export const markerName = 'RH_FRESH_MARKER';

/** pids whose environment holds the marker, and descendants of those (a database may clear its environment). */
export function findMarked(marker) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .map((pid) => ({ pid, parent: parentOf(pid), marked: hasMarker(pid, marker) }));
  const found = new Set(processes.filter(({ marked }) => marked).map(({ pid }) => pid));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

/** SIGKILL to all of them, until there are none. Resolves to how many there were at first. */
export async function killMarked(marker) {
  const first = findMarked(marker);
  for (let pids = first, round = 0; pids.length > 0 && round < 20; pids = findMarked(marker), round++) {
    for (const pid of pids) tryKill(pid);
    await sleep(50);
  }
  return first.length;
}

function tryKill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function hasMarker(pid, marker) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${markerName}=${marker}`);
  } catch {
    return false;
  }
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return -1;
  }
}
