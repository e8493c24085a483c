// R:H8 no path leads out of the roots: not by "..", not by a symlink, not by a name that looks alike.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertUnderRoots, isUnder } from './path-confinement.js';

describe('assertUnderRoots', () => {
  let base: string;
  let root: string;
  beforeAll(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'rh-roots-')));
    root = join(base, 'root');
    mkdirSync(join(root, 'project', '..odd'), { recursive: true });
    mkdirSync(join(base, 'root-twin'));
    mkdirSync(join(base, 'outside', 'there'), { recursive: true });
    symlinkSync(join(base, 'outside'), join(root, 'escape'));
    symlinkSync(join(root, 'project'), join(root, 'inner'));
    symlinkSync(root, join(base, 'root-link'));
  });
  afterAll(() => {
    rmSync(base, { recursive: true, force: true });
  });

  it.each([['project'], ['project/../project'], ['inner'], ['.'], ['project/..odd']])(
    'allows %s',
    async (path) => {
      expect(await assertUnderRoots(`${root}/${path}`, [root])).toBe(realpathSync(`${root}/${path}`));
    },
  );

  it('allows a root that is a symlink, by either name', async () => {
    const link = join(base, 'root-link');
    expect(await assertUnderRoots(join(link, 'project'), [link])).toBe(join(root, 'project'));
    expect(await assertUnderRoots(join(root, 'project'), [link])).toBe(join(root, 'project'));
  });

  it.each([
    ['the parent', '..'],
    ['a sibling with the same prefix', '../root-twin'],
    ['a symlink out', 'escape'],
    ['below a symlink out', 'escape/there'],
    ['what is not there below a symlink out', 'escape/gone'],
    ['NUL', 'project\0'],
    ['the file system', '/'.repeat(2) + '../../../../../../../../etc'],
  ])('refuses %s', async (_, path) => {
    const refused = assertUnderRoots(`${root}/${path}`, [root]);
    await expect(refused).rejects.toMatchObject({ code: 'PATH_OUTSIDE_ROOTS' });
  });

  it('refuses relative paths, and everything when there are no roots', async () => {
    await expect(assertUnderRoots('project', [root])).rejects.toMatchObject({ code: 'PATH_OUTSIDE_ROOTS' });
    await expect(assertUnderRoots(root, [])).rejects.toMatchObject({ code: 'PATH_OUTSIDE_ROOTS' });
    await expect(assertUnderRoots(root, [join(base, 'gone')])).rejects.toMatchObject({
      code: 'PATH_OUTSIDE_ROOTS',
    });
  });

  it('says that a directory under a root is gone, and nothing of what lies outside', async () => {
    await expect(assertUnderRoots(join(root, 'gone'), [root])).rejects.toMatchObject({
      code: 'DIRECTORY_MISSING',
    });
    await expect(assertUnderRoots(join(base, 'gone'), [root])).rejects.toMatchObject({
      code: 'PATH_OUTSIDE_ROOTS',
    });
  });

  it('isUnder: what lies below a root stays below it, and a sibling never does', () => {
    const name = fc.stringMatching(/^[a-z.]{1,4}$/).filter((part) => part !== '.' && part !== '..');
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.array(name, { maxLength: 4 }),
        (top, below) => {
          const at = `/${top.join('/')}`;
          expect(isUnder([at, ...below].join('/'), at)).toBe(true);
          expect(isUnder([`${at}x`, ...below].join('/'), at)).toBe(false);
        },
      ),
    );
  });
});
