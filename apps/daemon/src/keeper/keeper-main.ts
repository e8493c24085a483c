// Entry of the keeper process: spec from stdin, one line of answer on fd 3, then a life of its own.
import { closeSync, writeSync } from 'node:fs';
import { compileSooner } from '@roundhouse/kit';
import type { KeeperReady } from '@roundhouse/protocol';
import { Keeper } from './keeper.js';
import { KeeperFault } from './keeper-fault.js';
import { parseSpawnSpec } from './spawn-spec.js';

/** A daemon that dies while it hands over the spec leaves no keeper waiting. */
const SPEC_TIMEOUT_MS = 10_000;
/** An environment is a few KiB; the kernel's own limit for argv and env together is about 2 MiB. */
const MAX_SPEC_BYTES = 4 * 1024 * 1024;
const READY_FD = 3;

async function readSpec(): Promise<unknown> {
  const timer = setTimeout(() => process.exit(1), SPEC_TIMEOUT_MS);
  const chunks: Buffer[] = [];
  let length = 0;
  process.stdin.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > MAX_SPEC_BYTES)
      process.stdin.destroy(new KeeperFault('BODY_TOO_LARGE', 'The spec is too large'));
    else chunks.push(chunk);
  });
  await new Promise<void>((resolve, reject) => process.stdin.once('end', resolve).once('error', reject));
  clearTimeout(timer);
  process.stdin.destroy();
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new KeeperFault('BAD_REQUEST', 'The spec is not JSON');
  }
}

/** The daemon may be gone: then the next one finds keeper.json instead. */
function answer(ready: KeeperReady): void {
  try {
    writeSync(READY_FD, `${JSON.stringify(ready)}\n`);
    closeSync(READY_FD);
  } catch {
    process.stderr.write('nobody waits for the answer\n');
  }
}

function failed(error: unknown): void {
  const fault = error instanceof KeeperFault ? error : new KeeperFault('INTERNAL', String(error));
  process.stderr.write(`${fault.code}: ${fault.message}\n`);
  answer({
    ok: false,
    code: fault.code,
    message: fault.message,
    ...(fault.hint ? { hint: fault.hint } : {}),
  });
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const agentUmask = process.umask(0o077);
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);
  const spec = parseSpawnSpec(await readSpec());
  const keeper = await Keeper.start({ spec, agentUmask, onEnd: () => process.exit(0) });
  process.on('SIGTERM', () => keeper.endAfterExit());
  answer({ ok: true, keeper: keeper.self, agent: keeper.agent });
  compileSooner();
}

main().catch(failed);
