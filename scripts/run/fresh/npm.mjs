// Owns running `npm start` and `npm test` in a fresh clone, and what must be true of them.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { findMarked, killMarked } from './marked.mjs';

/** `npm start` promises to be gone within 10 s; npm itself and a loaded machine add to it. */
const stopMs = 15_000;
const testMs = 30 * 60_000;
const readyLine = /^Roundhouse is ready: (https?:\/\/\S+)$/;
const failureLine = /\bFAIL\b|AssertionError|Error: |✗|×|✘/;
const setupLine = /^Setup link: (https?:\/\/\S+\/setup#token=\S+)$/;

/**
 * Starts, waits for the ready line and the setup link, asks the hub whether it is ready and for the web app, then
 * ends it by SIGTERM (everything must be gone but agents) or by SIGKILL of every process (`end: 'kill'`).
 */
export async function startAndProbe(fresh, { maxReadyS, end = 'term' }) {
  const startedAt = performance.now();
  const npm = launch(fresh, ['start']);
  try {
    const url = await npm.line(readyLine, maxReadyS * 1000);
    const readyS = ((performance.now() - startedAt) / 1000).toFixed(1);
    await npm.line(setupLine, 10_000);
    await expectAnswer(`${url}/readyz`, /"status"/);
    await expectAnswer(`${url}/`, /<div id="root">/);
    if (end === 'kill') return `ready in ${readyS} s, ${await killMarked(fresh.marker)} processes killed`;
    npm.child.kill('SIGTERM');
    await npm.ended(stopMs);
    await expectNobody(fresh.marker);
    return `ready in ${readyS} s`;
  } catch (error) {
    await killMarked(fresh.marker);
    throw new Error(`${error.message}\n${npm.tail()}`, { cause: error });
  }
}

/** `npm test` must end with code 0 and the counts as its last line. */
export async function runNpmTest(fresh) {
  const npm = launch(fresh, ['test']);
  const code = await npm.ended(testMs);
  const last = npm.lines.findLast((line) => line.trim() !== '') ?? '';
  if (code === 0 && /^[1-9]\d* passed, 0 failed(, \d+ skipped)?$/.test(last)) return last;
  // The failures of the first runner are far above the end of the output.
  const failures = npm.lines.filter((line) => failureLine.test(line)).slice(0, 60);
  const told = [`npm test ended with code ${code}; its last line: ${last}`, ...failures, npm.tail()];
  throw new Error(told.join('\n'));
}

function launch({ repo, env, prefix }, args) {
  const [program, ...rest] = [...prefix, 'npm', '--no-update-notifier', ...args];
  const child = spawn(program, rest, { cwd: repo, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  const waiters = new Set();
  const take = (line) => {
    lines.push(line);
    for (const waiter of waiters) waiter(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
  const closed = new Promise((resolve) => {
    child.on('error', (error) => (take(error.message), resolve(1)));
    child.on('close', (code, signal) => resolve(code ?? `signal ${signal}`));
  });
  return {
    child,
    lines,
    tail: () => lines.slice(-40).join('\n'),
    line: (pattern, ms) => waitForLine({ pattern, ms, lines, waiters, closed }),
    ended: (ms) => within(closed, ms, 'It did not end'),
  };
}

function waitForLine({ pattern, ms, lines, waiters, closed }) {
  const early = lines.map((line) => pattern.exec(line)).find(Boolean);
  if (early) return Promise.resolve(early[1]);
  let waiter;
  const found = new Promise((resolve, reject) => {
    waiter = (line) => {
      const match = pattern.exec(line);
      if (match) resolve(match[1]);
    };
    waiters.add(waiter);
    void closed.then((code) => reject(new Error(`It ended (code ${code}) without the line ${pattern}`)));
  });
  return within(found, ms, `No line ${pattern}`).finally(() => waiters.delete(waiter));
}

async function within(promise, ms, what) {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${what} within ${ms / 1000} s`);
  });
  late.catch(() => {});
  return Promise.race([promise, late]).finally(() => timer.abort());
}

async function expectAnswer(url, pattern) {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  if (!response.ok || !pattern.test(text))
    throw new Error(`GET ${url}: ${response.status} ${text.slice(0, 200)}`);
}

async function expectNobody(marker) {
  for (let round = 0; findMarked(marker).length > 0 && round < 20; round++) await sleep(100);
  const left = findMarked(marker);
  if (left.length > 0) throw new Error(`Processes are left after the end: ${left.join(', ')}`);
}
