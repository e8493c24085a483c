// What the owner of a host allows, whatever a hub asks.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@roundhouse/kit';
import { AppError, type SpawnOp } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { confine } from './confinement.js';
import { LocalPolicy } from './local-policy.js';

let stateDir = '';
const clock = new ManualClock();
const load = (roots: string[] = ['/home/me', '/srv']) =>
  LocalPolicy.load({ stateDir, projectRoots: roots, clock });
const write = (text: string): void => {
  writeFileSync(join(stateDir, 'policy.yaml'), text);
};
const op = { profile: 'claude', project: '/home/me/x' } as SpawnOp;

beforeEach(() => {
  stateDir = realpathSync(mkdtempSync(join(tmpdir(), 'rh-policy-')));
});
afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true });
});

describe('the local policy', () => {
  it('allows the roots, every profile and two hundred sessions without a file', async () => {
    const policy = await load();
    expect(policy.roots).toEqual(['/home/me', '/srv']);
    policy.check(op, 199);
    expect(() => {
      policy.check(op, 200);
    }).toThrow(expect.objectContaining({ code: 'SESSION_LIMIT' }));
  });

  it('narrows profiles and number', async () => {
    write('profiles: [bash]\nmax_sessions: 2\n');
    const policy = await load();
    expect(() => {
      policy.check(op, 0);
    }).toThrow(expect.objectContaining({ code: 'POLICY_REFUSED' }));
    policy.check({ ...op, profile: 'bash' }, 1);
    expect(() => {
      policy.check({ ...op, profile: 'bash' }, 2);
    }).toThrow(expect.objectContaining({ code: 'SESSION_LIMIT' }));
  });

  it('narrows the roots and never widens them', async () => {
    write('allowed_roots: [/home/me/work/, /etc, /]\n');
    expect((await load()).roots).toEqual(['/home/me/work', '/home/me', '/srv']);
    write('allowed_roots: [/home/me/work, /etc]\n');
    expect((await load()).roots).toEqual(['/home/me/work']);
    write('allowed_roots: []\n');
    expect((await load()).roots).toEqual([]);
  });

  it.each([
    ['an unknown field', 'max_session: 1\n', 'max_session'],
    ['a wrong value', 'max_sessions: many\n', 'max_sessions'],
    ['no YAML', 'profiles: [bash\n', 'policy.yaml'],
    ['a relative root', 'allowed_roots: [src]\n', 'allowed_roots'],
    ['too much', `# ${'x'.repeat(70_000)}\n`, '64 KiB'],
    ['too deep', `profiles: ${'['.repeat(20_000)}\n`, 'policy.yaml'],
    [
      'many aliases',
      `a: &a [x]\nb: &b [${'*a,'.repeat(9)}*a]\nc: &c [${'*b,'.repeat(9)}*b]\nd: [${'*c,'.repeat(9)}*c]\n`,
      'policy.yaml',
    ],
  ])('refuses the start with %s', async (_, text, named) => {
    write(text);
    const failed = await load().catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(String(failed)).toContain(named);
  });

  it('refuses the start with a file that is there and cannot be read', async () => {
    mkdirSync(join(stateDir, 'policy.yaml'));
    await expect(load()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('notes refusals in a file that stays small', async () => {
    const policy = await load();
    const refused = new AppError('POLICY_REFUSED');
    await policy.journal(refused, { profile: 'x', project: '/p'.repeat(2_000) });
    const file = join(stateDir, 'refusals.jsonl');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ code: 'POLICY_REFUSED', profile: 'x' });
    await Promise.all(
      Array.from({ length: 600 }, () => policy.journal(refused, { project: '/p'.repeat(2_000) })),
    );
    for (const each of [file, `${file}.old`]) expect(statSync(each).size).toBeLessThanOrEqual(1024 * 1024);
  });
});

describe('confinement', () => {
  it('R:H8 gives the real path and its root, and refuses every way out', async () => {
    const [root, other] = [join(stateDir, 'root'), join(stateDir, 'other')];
    mkdirSync(join(root, 'project'), { recursive: true });
    mkdirSync(other);
    symlinkSync(other, join(root, 'out'));
    symlinkSync(join(root, 'project'), join(root, 'in'));
    symlinkSync(root, join(stateDir, 'link-to-root'));
    expect(await confine(join(root, 'in'), [root])).toEqual({ path: join(root, 'project'), root });
    expect(await confine(join(stateDir, 'link-to-root/project'), [join(stateDir, 'link-to-root')])).toEqual({
      path: join(root, 'project'),
      root,
    });
    for (const way of ['out', 'out/deeper', '../other', '.././other', 'project/../../other', 'project/\0/x'])
      await expect(confine(`${root}/${way}`, [root])).rejects.toMatchObject({ code: 'PATH_OUTSIDE_ROOTS' });
    await expect(confine('project', [root])).rejects.toMatchObject({ code: 'PATH_OUTSIDE_ROOTS' });
    await expect(confine(join(root, 'none'), [root])).rejects.toMatchObject({ code: 'DIRECTORY_MISSING' });
    await expect(confine(join(root, 'project'), [])).rejects.toMatchObject({ code: 'PATH_OUTSIDE_ROOTS' });
  });
});
