// Owns the rule "one builder at a time in a checkout": a lock file with the holder's pid, taken over when it died.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunError, say } from './output.mjs';
import { cacheDir } from './paths.mjs';
import { processStartTime } from './proc.mjs';

const pollMs = 250;
/** A cold build on a slow machine takes minutes; ten of them mean that the holder hangs. */
const giveUpMs = 10 * 60_000;

/** Runs `work` while holding the lock. Throws RunError when the other builder does not finish. */
export async function withBuildLock(work, { path = join(cacheDir, 'build.lock') } = {}) {
  mkdirSync(cacheDir, { recursive: true });
  await acquire(path);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function acquire(path) {
  const until = performance.now() + giveUpMs;
  let told = false;
  while (!tryTake(path)) {
    const holder = readHolder(path);
    if (!holder || processStartTime(holder.pid) !== holder.startTime) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) say(`another build runs in this checkout (pid ${holder.pid}); waiting for it`);
    told = true;
    if (performance.now() > until) {
      throw new RunError(`The build of process ${holder.pid} does not end.`, {
        hint: 'Stop it and run again.',
      });
    }
    await sleep(pollMs);
  }
}

/** Writes aside and links: the lock never exists without its holder's name in it. */
function tryTake(path) {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, JSON.stringify({ pid: process.pid, startTime: processStartTime(process.pid) }));
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
