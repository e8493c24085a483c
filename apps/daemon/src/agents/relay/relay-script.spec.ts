// The relay as agents run it, with each shell of this machine.
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HookBed, run } from '../testing/hook-bed.js';
import { relayCommand } from './relay-install.js';
import { EVENT_BYTES_MAX, STATUS_CHAIN_FILE, UNWATCHED_DIR } from './relay-script.js';

const shells = ['/bin/sh', '/bin/dash', '/bin/bash', '/bin/busybox'].filter(existsSync);
let bed: HookBed;
let directory: string;
beforeEach(async () => {
  bed = await HookBed.make();
  directory = join(bed.base, 'drop');
  await mkdir(join(directory, UNWATCHED_DIR), { recursive: true });
});
afterEach(() => bed[Symbol.asyncDispose]());

const content = async (below = ''): Promise<[string, Buffer][]> => {
  const from = join(directory, below);
  const names = (await readdir(from)).filter((name) => name !== UNWATCHED_DIR).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(join(from, name))]),
  );
};

describe.each(shells)('%s', (shell) => {
  const relay = (event: string, input: string | Buffer, where = directory) =>
    shell.endsWith('busybox')
      ? run([shell, 'sh', bed.script, where, event], input, bed.base)
      : bed.relay(where, event, input, shell);

  it('leaves one whole file and answers {}', async () => {
    expect(await relay('Stop', '{"a":"\\\\n $(x) `y`"}')).toEqual({ code: 0, out: '{}\n', err: '' });
    const [[name, bytes] = ['', Buffer.alloc(0)], ...more] = await content();
    expect(name).toMatch(/^Stop\.\d+\.json$/);
    expect(bytes.toString()).toBe('{"a":"\\\\n $(x) `y`"}');
    expect(more).toEqual([]);
  });

  it('takes bytes as they are, and of more than 1 MiB enough to see that there was more', async () => {
    const binary = Buffer.from(Array.from({ length: 2_000 }, (_, index) => index % 256));
    await relay('A', binary);
    expect(await relay('B', Buffer.alloc(EVENT_BYTES_MAX + 5_000, 'x'))).toMatchObject({ code: 0, err: '' });
    const [a, b] = await content();
    expect(a?.[1].equals(binary)).toBe(true);
    expect(b?.[1].length).toBe(EVENT_BYTES_MAX + 1);
  });

  it('does nothing without its directory', async () => {
    await rm(directory, { recursive: true });
    expect(await relay('Stop', Buffer.alloc(300_000))).toEqual({ code: 0, out: '{}\n', err: '' });
    expect(await relay('status', '{}')).toEqual({ code: 0, out: '', err: '' });
    expect(existsSync(directory)).toBe(false);
  });

  it('keeps the newest status line, and says nothing where the user has none', async () => {
    expect(await relay('status', '{"n":1}')).toEqual({ code: 0, out: '', err: '' });
    await relay('status', '{"n":2}');
    expect((await content(UNWATCHED_DIR)).map(([name, bytes]) => [name, bytes.toString()])).toEqual([
      ['status.json', '{"n":2}'],
    ]);
  });

  it("becomes the user's own status line: input, directory, arguments, output, exit code", async () => {
    const chain = 'read -r line; printf "%s|%s" "$PWD" "$line"; echo err >&2; exit 3';
    await writeFile(join(directory, STATUS_CHAIN_FILE), chain);
    const json = '{"a":"\\\\ $(touch x) `touch y` $HOME \'"}';
    const told = await relay('status', json);
    expect(told).toEqual({ code: 3, out: `${bed.base}|${json}`, err: 'err\n' });
    expect(await readdir(bed.base)).not.toContain('x');
  });
});

it('never uses a name twice, also when process numbers come again', async () => {
  await bed.relay(directory, 'Stop', '1');
  const [[name] = ['']] = await content();
  const pid = Number(name.split('.')[1]);
  // A shell cannot choose its number: the files of all that it may get are there already.
  for (let next = pid; next < pid + 300; next += 1)
    await writeFile(join(directory, `Stop.${String(next)}.json`), 'old');
  await bed.relay(directory, 'Stop', 'new');
  const files = await content();
  expect(files.filter(([, bytes]) => bytes.toString() === 'new')).toHaveLength(1);
  expect(files.filter(([, bytes]) => bytes.toString() === 'old').length).toBeGreaterThanOrEqual(300);
});

it.runIf(existsSync('/dev/full'))('bears a disk that is full: it ends with {} and 0', async () => {
  const full = join(bed.base, 'full');
  const text = (await readFile(bed.script, 'utf8')).replace('>"$unwatched/.$name"', '>/dev/full');
  await writeFile(full, text);
  expect(await run(['/bin/sh', full, directory, 'Stop'], '{"a":1}', bed.base)).toEqual({
    code: 0,
    out: '{}\n',
    err: '',
  });
});

it.runIf(process.getuid?.() !== 0)('bears a directory that it may not write to', async () => {
  await chmod(directory, 0o500);
  expect(await bed.relay(directory, 'Stop', '{}')).toEqual({ code: 0, out: '{}\n', err: '' });
});

it('is quoted as one word each, whatever the path', async () => {
  const odd = join(bed.base, `a 'b" $c`);
  await mkdir(join(odd, UNWATCHED_DIR), { recursive: true });
  await run(['/bin/sh', '-c', `${relayCommand(bed.script, odd)} Stop`], '{}', bed.base);
  expect(await readdir(odd)).toHaveLength(2);
});
