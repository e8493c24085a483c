// Starting: typed refusals in time, one keeper per directory, and an install that is whole or not there.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installKeeper } from './keeper-bundle.js';
import { ensureRuntimeDir, keeperSocketPath } from './runtime-dir.js';
import { startKeeper } from './start-keeper.js';
import { KeeperRig, Recorder } from './testing/keeper-rig.js';
import type { SpawnSpec } from './spawn-spec.js';

const rig = new KeeperRig();
beforeAll(() => rig.installed());
afterAll(() => rig.dispose());

async function refusal(change: Partial<SpawnSpec>): Promise<{ code: string; message: string; ms: number }> {
  const begin = performance.now();
  const spec = rig.spec('true', change);
  const error: unknown = await startKeeper({ keeper: await rig.installed(), spec }).catch(
    (reason: unknown) => reason,
  );
  expect(existsSync(spec.socketPath)).toBe(false);
  if (!(error instanceof Error) || !('code' in error)) throw new Error('it started');
  return { code: String(error.code), message: error.message, ms: performance.now() - begin };
}

describe('startKeeper', () => {
  it('F:F30 refuses a program that is missing, not executable, or without its interpreter, within 1 s', async () => {
    const script = join(rig.stateDir, 'agent');
    writeFileSync(script, '#!/no/such/interpreter\n');
    const missing = await refusal({ argv: ['no-such-agent', '--flag'] });
    expect(missing).toMatchObject({
      code: 'AGENT_NOT_FOUND',
      message: expect.stringContaining('no-such-agent'),
    });
    expect(missing.ms).toBeLessThan(1_000);
    chmodSync(script, 0o644);
    expect(await refusal({ argv: [script] })).toMatchObject({ message: `${script} is not executable` });
    chmodSync(script, 0o755);
    expect((await refusal({ argv: ['./agent'] })).message).toContain('/no/such/interpreter');
    expect((await refusal({ argv: ['ls'], env: {} })).code).toBe('AGENT_NOT_FOUND');
  });

  it('F:F31 refuses a directory that is gone', async () => {
    expect(await refusal({ cwd: '/no/such/dir' })).toMatchObject({ code: 'DIRECTORY_MISSING' });
  });

  it('names the field of a wrong spec', async () => {
    expect(await refusal({ cols: 5 })).toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining('spec.cols'),
    });
    expect((await refusal({ env: { 'A=B': 'x' } })).message).toContain('spec.env.A=B');
  });

  it('F:F34 starts one keeper per directory, ever', async () => {
    const session = await rig.start('sleep 60');
    const again = { sessionId: session.sessionId, dir: session.dir };
    const spec = { ...rig.spec('sleep 60', again), socketPath: `${session.socketPath}2` };
    const second = startKeeper({ keeper: await rig.installed(), spec });
    await expect(second).rejects.toMatchObject({ code: 'SESSION_RUNNING' });
    await (await rig.connect(session, new Recorder())).attach(0);
  });

  it('leaves nothing behind when aborted', async () => {
    const abort = AbortSignal.abort(new Error('changed my mind'));
    const spec = rig.spec('sleep 60');
    await expect(startKeeper({ keeper: await rig.installed(), spec }, abort)).rejects.toThrow(
      'changed my mind',
    );
    expect(existsSync(join(spec.dir, 'keeper.lock'))).toBe(false);
  });
});

describe('installKeeper', () => {
  it('installs whole copies, keeps intact ones, and replaces damaged ones', async () => {
    const state = join(rig.stateDir, 'install');
    const built = join(rig.stateDir, 'built');
    const first = await installKeeper(state, built);
    expect(readFileSync(first.entry)).toEqual(readFileSync(join(built, 'keeper.mjs')));
    const inode = statSync(first.entry).ino;
    expect(await installKeeper(state, built)).toEqual(first);
    expect(statSync(first.entry).ino).toBe(inode);
    // Several find the same damage at once, and none gets in the way of another.
    for (let round = 0; round < 20; round += 1) {
      chmodSync(first.entry, 0o700);
      writeFileSync(first.entry, 'damaged');
      const all = await Promise.all([1, 2, 3, 4].map(() => installKeeper(state, built)));
      expect(all).toEqual([first, first, first, first]);
      expect(readFileSync(first.entry)).toEqual(readFileSync(join(built, 'keeper.mjs')));
      expect(readdirSync(join(state, 'keepers'))).toEqual([first.build]);
    }
  });

  it('takes the terminal of this platform where a release has one of each', async () => {
    const place = join(rig.stateDir, 'built-for-all');
    cpSync(join(rig.stateDir, 'built'), place, { recursive: true });
    for (const platform of ['linux-other', `${process.platform}-${process.arch}`]) {
      mkdirSync(join(place, platform));
      writeFileSync(join(place, platform, 'pty.node'), platform);
    }
    const { entry } = await installKeeper(join(rig.stateDir, 'install-for-all'), place);
    const terminal = readFileSync(join(dirname(entry), 'pty.node'), 'utf8');
    expect(terminal).toBe(`${process.platform}-${process.arch}`);
  });

  it('says how to build one that is not there', async () => {
    const empty = join(rig.stateDir, 'empty');
    mkdirSync(empty);
    await expect(installKeeper(rig.stateDir, empty)).rejects.toMatchObject({
      code: 'SPAWN_FAILED',
      hint: expect.stringContaining('build-keeper.mjs'),
    });
  });

  it('makes a bundle of node built-ins and node-pty only', () => {
    const code = readFileSync(join(rig.stateDir, 'built', 'keeper.mjs'), 'utf8');
    const imports = [...code.matchAll(/^import .* from ["']([^"']+)["']/gm)].map((match) => match[1] ?? '');
    expect(imports.length).toBeGreaterThan(3);
    expect(imports.filter((name) => !name.startsWith('node:'))).toEqual([]);
    expect(code).not.toContain('zod');
  });
});

describe('runtime directory', () => {
  it('is short enough for a socket, private, and falls back from a long state path', () => {
    const long = join(rig.stateDir, 'x'.repeat(120));
    for (const state of [rig.stateDir, long]) {
      const dir = ensureRuntimeDir(state);
      expect(statSync(dir).mode & 0o777).toBe(0o700);
      expect(Buffer.byteLength(keeperSocketPath(dir, 'a'.repeat(60), 12))).toBeLessThan(104);
    }
    expect(ensureRuntimeDir(rig.stateDir)).toBe(join(rig.stateDir, 'run'));
    expect(ensureRuntimeDir(long)).not.toContain('xxxx');
  });
});
