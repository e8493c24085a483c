// How much a keeper costs a flood: 64 MiB of coloured text by `cat`, through a keeper to a plain reader, against raw
// node-pty, interleaved in one run: node bench/keeper-throughput.mjs [rounds] [MiB]
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { connectKeeper } from '../apps/daemon/dist/keeper/keeper-client.js';
import { installKeeper } from '../apps/daemon/dist/keeper/keeper-bundle.js';
import { ensureRuntimeDir, keeperSocketPath } from '../apps/daemon/dist/keeper/runtime-dir.js';
import { startKeeper } from '../apps/daemon/dist/keeper/start-keeper.js';

const { spawn } = createRequire(import.meta.url)('node-pty');
const rounds = Number(process.argv[2] ?? 3);
const bytes = Number(process.argv[3] ?? 64) * 1024 * 1024;
const base = mkdtempSync(path.join(tmpdir(), 'rh-kt-'));
const file = path.join(base, 'text');
const command = [
  'sh',
  '-c',
  `stty raw -echo; printf R; head -c 1 >/dev/null; cat ${file}; head -c 1 >/dev/null`,
];

writeFileSync(file, colouredText(bytes));
const keeper = await installKeeper(base);
const results = { raw: [], keeper: [] };
try {
  for (let round = 0; round < rounds; round += 1) {
    results.raw.push(await raw());
    results.keeper.push(await throughKeeper(round));
  }
} finally {
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
}
const speed = (times) => bytes / 1024 / 1024 / (median(times.map(({ ms }) => ms)) / 1000);
const cpu = median(results.keeper.map(({ cpuMs }) => cpuMs));
console.log(`raw node-pty       ${speed(results.raw).toFixed(0)} MiB/s`);
console.log(
  `keeper to reader   ${speed(results.keeper).toFixed(0)} MiB/s, processor time of the keeper ${cpu} ms`,
);
console.log(`ratio              ${(speed(results.keeper) / speed(results.raw)).toFixed(2)}`);

/** Ends when every byte is there. */
function raw() {
  return new Promise((resolve) => {
    const pty = spawn(command[0], command.slice(1), {
      cols: 100,
      rows: 30,
      cwd: base,
      env: process.env,
      encoding: null,
    });
    let begun = 0;
    let count = -1;
    pty.onData((data) => {
      if (count < 0) {
        begun = performance.now();
        pty.write('x');
      }
      count += data.length;
      if (count < bytes) return;
      resolve({ ms: performance.now() - begun });
      pty.kill('SIGKILL');
    });
  });
}

async function throughKeeper(round) {
  const dir = path.join(base, 'sessions', String(round));
  mkdirSync(dir, { recursive: true });
  const socketPath = keeperSocketPath(ensureRuntimeDir(base), `bench-${round}`, 1);
  const spec = { sessionId: `bench-${round}`, epoch: 1, dir, socketPath, argv: command, cwd: base };
  const started = await startKeeper({
    keeper,
    spec: { ...spec, env: { PATH: process.env.PATH ?? '' }, cols: 100, rows: 30 },
  });
  const [done, exited] = [deferred(), deferred()];
  let count = -1;
  let acked = 0;
  let begun = 0;
  let begunCpu = 0;
  const client = await connectKeeper({
    socketPath,
    generation: 1,
    handlers: {
      onData: (off, data) => {
        if (count < 0) {
          begun = performance.now();
          begunCpu = cpuMs(started.keeper.pid);
          void client.input('bench', 1, Buffer.from('x'));
        }
        count += data.length;
        const end = off + data.length;
        if (end - acked >= 128 * 1024 || count === bytes) client.ack((acked = end));
        if (count === bytes)
          done.resolve({ ms: performance.now() - begun, cpuMs: cpuMs(started.keeper.pid) - begunCpu });
      },
      onGap: (from, to) => done.reject(new Error(`gap ${from}-${to}`)),
      onResized: () => undefined,
      onExit: () => exited.resolve(),
      onClosed: () => undefined,
    },
  });
  await client.attach(0, 1024 * 1024);
  const result = await done.promise;
  await client.signal('SIGKILL');
  await exited.promise;
  await client.forget();
  client.dispose();
  return result;
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

/** User and system time in ticks of 10 ms. */
function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function colouredText(length) {
  const lines = Array.from(
    { length: 997 },
    (_, n) =>
      `\u001b[${31 + (n % 7)};1m${String(n).padStart(5)}\u001b[0m src/part-${n % 13}/file.ts:\u001b[33m${n * 7}\u001b[39m const value → await compute(${n});\n`,
  ).join('');
  const block = Buffer.from(lines);
  const text = Buffer.alloc(length);
  for (let at = 0; at < length; at += block.length) block.copy(text, at);
  return text;
}
