// F:B15 Profiles while people edit them: read again within a second, and a mistake takes nothing away.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@roundhouse/kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { ProfileBook } from './profile-book.js';

describe('the profile book', () => {
  let base = '';
  let book: ProfileBook;
  let changes = 0;
  const put = (file: string, text: string): void => writeFileSync(join(base, file), text);
  const label = (): string | undefined => book.get('a')?.profile.display_name;

  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'rh-book-'));
    for (const name of ['shipped', 'own']) mkdirSync(join(base, name));
    changes = 0;
    book = new ProfileBook({
      directories: [join(base, 'shipped'), join(base, 'own')],
      clock: systemClock,
      logger: silentLogger(),
      onFiles: () => {
        changes += 1;
        void book.read();
      },
    });
    put('shipped/a.yaml', 'name: a\ndisplay_name: One\n');
    await book.read();
  });
  afterEach(() => {
    book.dispose();
    rmSync(base, { recursive: true, force: true });
  });

  it('a file that breaks keeps its last good version, with the line of the mistake', async () => {
    put('shipped/a.yaml', 'name: a\ndisplay_name: Two\ncolour: red\n');
    await book.read();
    expect(book.get('a')).toMatchObject({
      stale: true,
      profile: { display_name: 'One' },
      problems: [
        { file: 'a.yaml', line: 3, field: 'colour', message: expect.stringContaining('"color"') as string },
      ],
    });
    put('shipped/a.yaml', 'name: a\ndisplay_name: Two\n');
    await book.read();
    expect(book.get('a')).toMatchObject({ stale: false, problems: [], profile: { display_name: 'Two' } });
  });

  it('an override that breaks keeps what it changed; one that goes takes its changes along', async () => {
    put('own/a.local.yaml', 'display_name: Mine\n');
    await book.read();
    expect(book.get('a')).toMatchObject({ source: 'override', localFile: 'a.local.yaml', stale: false });
    put('own/a.local.yaml', 'display_name: [\n');
    await book.read();
    expect(book.get('a')).toMatchObject({
      source: 'override',
      stale: true,
      profile: { display_name: 'Mine' },
    });
    rmSync(join(base, 'own/a.local.yaml'));
    await book.read();
    expect(book.get('a')).toMatchObject({
      source: 'shipped',
      stale: false,
      profile: { display_name: 'One' },
    });
  });

  it('a file that is gone is gone; a directory that cannot be read takes nothing away', async () => {
    put('own/b.yaml', 'name: b\n');
    await book.read();
    expect(book.get('b')).toMatchObject({ source: 'user' });
    rmSync(join(base, 'own/b.yaml'));
    await book.read();
    expect(book.get('b')).toBeUndefined();
    renameSync(join(base, 'shipped'), join(base, 'away'));
    await book.read();
    expect(book.get('a')).toMatchObject({ stale: true });
    expect(book.problems[0]?.message).toContain('cannot be read');
  });

  it('counts what it read anew, and nothing else', async () => {
    const { revision } = book;
    await book.read();
    expect(book.revision).toBe(revision);
    put('shipped/a.yaml', 'name: a\ndisplay_name: Two\n');
    await book.read();
    expect(book.revision).toBe(revision + 1);
  });

  it('is told of a change within a second, also by editors that write beside and rename', async () => {
    book.watch();
    put('shipped/.a.yaml.swp', 'not ready');
    renameSync(join(base, 'shipped/.a.yaml.swp'), join(base, 'shipped/old'));
    put('shipped/new', 'name: a\ndisplay_name: Renamed\n');
    renameSync(join(base, 'shipped/new'), join(base, 'shipped/a.yaml'));
    const before = performance.now();
    await eventually(() => label() === 'Renamed', 'the new version');
    expect(performance.now() - before).toBeLessThan(1_000);
    for (let n = 0; n < 10; n += 1) put('shipped/a.yaml', `name: a\ndisplay_name: N${String(n)}\n`);
    await eventually(() => label() === 'N9', 'the last of many writes');
    expect(changes).toBeLessThan(6);
  });
});
