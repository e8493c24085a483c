// Starting programs when every descriptor is in use: a refusal in words, and a daemon that goes on. Needs
// `tsc -b apps/daemon`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';

const dir = mkdtempSync(path.join(tmpdir(), 'rh-full-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const file = (name: string): string => JSON.stringify(new URL(`../dist/${name}`, import.meta.url).href);

/**
 * Runs it in a process of its own that has two descriptors left, and in a group of its own: a signal for "nobody" is one
 * for everybody in the group.
 */
function run(imports: string, code: string): Promise<{ end: unknown; out: string }> {
  const program = `
    import { closeSync, openSync } from 'node:fs';
    ${imports}
    const held = [];
    try { for (;;) held.push(openSync('/dev/null')); } catch { for (const one of held.slice(-2)) closeSync(one); }
    ${code}
    await new Promise((resolve) => setImmediate(resolve));
    console.log('goes on');`;
  const limited = 'ulimit -n 500; exec "$0" --input-type=module -e "$1"';
  const child = spawn('/bin/bash', ['-c', limited, process.execPath, program], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', (status, signal) => {
      resolve({ end: signal ?? status, out });
    });
  });
}

it('refuses a keeper, and ends nothing else', async () => {
  const order = `{ keeper: { entry: '/none', build: '' }, dir: ${JSON.stringify(dir)}, spec: {} }`;
  const { end, out } = await run(
    `import { launchKeeper } from ${file('keeper/launch-keeper.js')};`,
    `await launchKeeper(${order}).catch(({ code, message }) => console.log(code, message));`,
  );
  expect(out).toMatch(/^SPAWN_FAILED The keeper cannot be started: .*EMFILE\ngoes on\n$/);
  expect(end).toBe(0);
});

it('says that a program could not be asked for its version', async () => {
  const { end, out } = await run(
    `import { systemClock } from ${file('../../../packages/kit/dist/index.js')};
     import { checkVersion } from ${file('inventory/binary-check.js')};`,
    `console.log(await checkVersion({ file: '/bin/sh', env: {}, timeoutMs: 1000, clock: systemClock }));`,
  );
  expect(out).toMatch(/ok: false,\s*reason: 'could not be run: .*EMFILE'[^]*goes on\n$/);
  expect(end).toBe(0);
});

it('says that git could not be run', async () => {
  const { end, out } = await run(
    `import { systemClock } from ${file('../../../packages/kit/dist/index.js')};
     import { openGit } from ${file('git/git-client.js')};`,
    `const git = { directory: ${JSON.stringify(dir)}, clock: systemClock };
     await openGit(git).catch(({ code, message }) => console.log(code, message));`,
  );
  expect(out).toBe('GIT_FAILED git config could not be run: too many files are open\ngoes on\n');
  expect(end).toBe(0);
});
