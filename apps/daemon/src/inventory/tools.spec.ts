// F:B5 R:D22 which agents are offered and why not, with real programs.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseProfile } from '@roundhouse/profiles';
import { AppError, hostProfileSchema } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownPrograms, type Programs } from './programs.js';
import { ToolInventory } from './tools.js';

let bin: string;
beforeEach(() => (bin = mkdtempSync(join(tmpdir(), 'rh-tools-'))));
afterEach(() => {
  rmSync(bin, { recursive: true, force: true });
});

const program = (name: string, script: string): string => {
  const file = join(bin, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};
const env = (more: Record<string, string> = {}) => ({ PATH: `${bin}:/usr/bin:/bin`, ...more });
const profile = (fields: object = {}) => parseProfile({ name: 'cli', ...fields });
const check = async (fields: object = {}, more: Record<string, string> = {}, timeoutMs = 10_000) => {
  const [told] = await new ToolInventory({ env: env(more), timeoutMs }).check([profile(fields)]);
  return hostProfileSchema.parse(told);
};
const alive = (pid: number): boolean =>
  existsSync(`/proc/${String(pid)}`) && !/\) Z /.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));

describe('availability', () => {
  it('takes the first line of --version, without escape sequences', async () => {
    program('cli', String.raw`printf '\n\033[1mcli 1.2.3\033[0m (x)\nmore\n'`);
    expect(await check()).toMatchObject({ available: true, reason: null, version: 'cli 1.2.3 (x)' });
  });

  it('says what is wrong with the program', async () => {
    expect((await check()).reason).toBe(
      'cli is not on the PATH of the daemon; install it, then rescan the host',
    );
    expect((await check({ binary: '/no/such' })).reason).toContain('/no/such does not exist');
    program('cli', 'echo "needs node 22" >&2; exit 3');
    expect((await check()).reason).toBe('cli --version ended with exit code 3: needs node 22');
    writeFileSync(join(bin, 'cli'), '#!/no/such/interpreter\n');
    expect((await check()).reason).toMatch(/^cli --version could not be run: .*ENOENT/);
    chmodSync(join(bin, 'cli'), 0o644);
    expect((await check()).reason).toContain('is not on the PATH');
  });

  it('of one program that cannot be asked for where agents run says so, and the others are told', async () => {
    const refuse = (program: string): Promise<never> =>
      Promise.reject(
        new AppError('PROTOCOL_MISMATCH', { message: `${program}: another version`, hint: 'Hint' }),
      );
    const find: Programs['find'] = (name, path) =>
      name === 'cli' ? refuse(name) : ownPrograms.find(name, path);
    const tools = new ToolInventory({ env: env(), programs: { ...ownPrograms, find } });
    const told = await tools.check([profile(), parseProfile({ name: 'other', binary: 'true' })]);
    expect(told).toMatchObject([
      { available: false, reason: 'cli: another version. Hint' },
      { available: true },
    ]);
  });

  it('is run as words, never by a shell', async () => {
    const canary = join(bin, 'canary');
    expect((await check({ binary: `cli; touch ${canary}` })).available).toBe(false);
    expect(existsSync(canary)).toBe(false);
  });

  it('ends a program that hangs, with its children', async () => {
    program('cli', `sleep 60 & echo $! > ${bin}/pid; sleep 60`);
    expect((await check({}, {}, 300)).reason).toBe('cli --version gave no answer within 0.3 s');
    await expect.poll(() => alive(Number(readFileSync(join(bin, 'pid'), 'utf8')))).toBe(false);
  });

  it('does not wait for a child that keeps the output open', async () => {
    program('cli', `sleep 60 & echo $! > ${bin}/pid; echo 1.0`);
    expect(await check()).toMatchObject({ available: true, version: '1.0' });
    await expect.poll(() => alive(Number(readFileSync(join(bin, 'pid'), 'utf8')))).toBe(false);
  });

  it('an abort ends the check and the program', async () => {
    program('cli', `echo $$ > ${bin}/pid; exec sleep 60`);
    const controller = new AbortController();
    const checking = new ToolInventory({ env: env() }).check([profile()], controller.signal);
    await expect
      .poll(() => existsSync(join(bin, 'pid')) && readFileSync(join(bin, 'pid'), 'utf8') !== '')
      .toBe(true);
    controller.abort(new Error('stopping'));
    await expect(checking).rejects.toThrow('stopping');
    await expect.poll(() => alive(Number(readFileSync(join(bin, 'pid'), 'utf8')))).toBe(false);
  });

  it('R:T28 the program sees nothing of the daemon but the list', async () => {
    program('cli', 'env | sort | tr "\\n" " "');
    const { version } = await check(
      { auth: { env_vars: ['KEY'] } },
      { KEY: 'k', JOIN_TOKEN: 'canary', SECRET: 'canary', OTEL_X: 'canary' },
    );
    expect(version).toContain('KEY=k');
    expect(version).not.toContain('canary');
  });

  it('asks again only when the file has changed, or it had failed', async () => {
    const file = program('cli', `echo x >> ${bin}/calls; echo 1`);
    const calls = () => readFileSync(join(bin, 'calls'), 'utf8').length / 2;
    const inventory = new ToolInventory({ env: env() });
    await inventory.check([profile()]);
    await inventory.check([profile()]);
    expect(calls()).toBe(1);
    utimesSync(file, 1, 1);
    await inventory.check([profile()]);
    expect(calls()).toBe(2);
    program('cli', `echo x >> ${bin}/calls; exit 1`);
    await inventory.check([profile()]);
    await inventory.check([profile()]);
    expect(calls()).toBe(4);
  });
});

describe('what is told', () => {
  beforeEach(() => void program('cli', 'echo 1'));

  it.each([
    [
      { env_vars: ['A', 'B'] },
      {},
      'one of A, B must be set in the environment of the daemon; set it and restart the daemon',
    ],
    [{ env_vars: ['A', 'B'] }, { B: 'x' }, null],
    [
      { env_vars: ['A', 'B'], require: 'all' },
      { B: 'x' },
      'A must be set in the environment of the daemon; set it and restart the daemon',
    ],
    [{ env_vars: ['A', 'B'], require: 'all' }, { A: 'x', B: 'x' }, null],
    [
      { env_vars: ['A'] },
      { A: '' },
      'A must be set in the environment of the daemon; set it and restart the daemon',
    ],
    [{ env_vars: [], require: 'all' }, {}, null],
  ])('the gate %j with %j', async (auth, more, reason) => {
    expect(await check({ auth }, more)).toMatchObject({ available: reason === null, reason });
  });

  it('always_available skips both checks', async () => {
    const told = await check({ binary: 'nonexistent', always_available: true, auth: { env_vars: ['A'] } });
    expect(told).toMatchObject({ available: true, reason: null, version: null });
  });

  it('keeps the order and describes each profile for the spawn dialog', async () => {
    const profiles = [
      profile({
        commands: { new: ['cli'], resume: ['cli', '-c'] },
        session_id: ['--id', '{session_uuid}'],
        task: 'argument',
      }),
      ...Array.from({ length: 8 }, (_, index) => profile({ name: `cli${String(index)}`, binary: 'cli' })),
    ];
    const told = await new ToolInventory({ env: env() }).check(profiles);
    expect(told.map(({ name }) => name)).toEqual(profiles.map(({ name }) => name));
    expect(told[0]).toMatchObject({
      supportsResume: true,
      takesTask: true,
      commands: { new: ['cli', '--id', '{session_uuid}'], resume: ['cli', '-c'] },
    });
    expect(told[1]).toMatchObject({ supportsResume: false, takesTask: false, commands: { resume: null } });
  });
});
