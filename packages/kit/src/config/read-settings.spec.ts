// Settings: every problem at once, by name, with an example and without secrets; environment over file over default.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppError } from '@roundhouse/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nodeFiles, type Files } from './files.js';
import { describeSettings, readSettings } from './read-settings.js';
import { readSettingsFile } from './settings-file.js';
import { setting, type Env } from './settings-table.js';

const table = {
  ROUNDHOUSE_PORT: setting({
    schema: z.string().regex(/^\d+$/).transform(Number),
    ...{ key: 'port', topic: 'address', help: '', default: '4400' },
    expects: 'a port number',
    example: '4400',
  }),
  NAMES: setting({
    schema: z.string().transform((text) => text.split(',')),
    ...{ key: 'names', topic: 'address', help: '', default: '' },
    expects: 'a comma list of names',
    example: 'a,b',
    list: ',',
  }),
  DATABASE_URL: setting({
    schema: z.url(),
    ...{ key: 'database_url', topic: 'storage', help: '', default: '' },
    expects: 'an address',
    example: 'postgresql://user:password@db/x',
    secret: true,
  }),
};

/** As a parser would have it; line 1 is `hub:`, and so on. */
const parsed = (data: unknown) => () => ({ data, locate: () => ({ line: 7 }) });

function read(env: Env, data: unknown = null, given: Record<string, string> = {}) {
  const files: Files = { read: (file) => ({ '/s/roundhouse.yaml': '-', ...given })[file] ?? null };
  const question = { table, section: 'hub', named: undefined, stateDir: '/s', files } as const;
  const file = readSettingsFile({ ...question, parse: parsed(data) });
  return readSettings({ table, env, file, files });
}

const refusal = (...input: Parameters<typeof read>): AppError => {
  try {
    read(...input);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('accepted');
};

describe('readSettings', () => {
  it('takes what is set; empty means unset', () => {
    expect(read({ ROUNDHOUSE_PORT: ' 1 ', DATABASE_URL: '', HOME: '/x' }).values).toEqual({
      ROUNDHOUSE_PORT: 1,
    });
  });

  it('names every wrong setting at once, with what it takes and an example', () => {
    const error = refusal(
      { ROUNDHOUSE_PORT: 'high', ROUNDHOUSE_PROT: '1', ROUNDHOUSE_XYZZY: '' },
      { hub: { name: 'a', port: 1, names: { a: 1 }, database_url: 5 }, web: 1 },
    );
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.fields).toEqual([
      {
        field: 'ROUNDHOUSE_PROT',
        message: 'ROUNDHOUSE_PROT is not a setting: did you mean ROUNDHOUSE_PORT?',
      },
      {
        field: 'ROUNDHOUSE_XYZZY',
        message:
          'ROUNDHOUSE_XYZZY is not a setting: remove it (settings: ROUNDHOUSE_PORT, NAMES, DATABASE_URL)',
      },
      {
        field: 'hub.name',
        message: '/s/roundhouse.yaml:7: hub.name is not a setting: did you mean names?',
      },
      {
        field: 'hub.names',
        message: '/s/roundhouse.yaml:7: hub.names must be a comma list of names, for example names: [a, b]',
      },
      {
        field: 'web',
        message: '/s/roundhouse.yaml:7: web is not a section: put settings below "hub:" or "daemon:"',
      },
      {
        field: 'ROUNDHOUSE_PORT',
        message: 'ROUNDHOUSE_PORT must be a port number, for example ROUNDHOUSE_PORT=4400 (it is "high")',
      },
      {
        field: 'hub.database_url',
        message:
          '/s/roundhouse.yaml:7: hub.database_url must be an address, for example database_url: postgresql://user:password@db/x',
      },
    ]);
    for (const { message } of error.fields) expect(error.message).toContain(message);
  });

  it('takes the names of other parts of the product', () => {
    expect(read({ ROUNDHOUSE_SESSION: 'a', ROUNDHOUSE_TLS: 'off' }).values).toEqual({});
  });

  it('F:O2 puts the environment over the file, the file over the default', () => {
    const data = { hub: { port: 5, names: ['a', 'b'] } };
    expect(read({}, data).values).toEqual({ ROUNDHOUSE_PORT: 5, NAMES: ['a', 'b'] });
    const { values, origins } = read({ ROUNDHOUSE_PORT: '6' }, data);
    expect(values.ROUNDHOUSE_PORT).toBe(6);
    expect([...origins.values()].map(({ source, from }) => [source, from])).toEqual([
      ['environment', 'ROUNDHOUSE_PORT'],
      ['file', '/s/roundhouse.yaml:7'],
      ['default', null],
    ]);
  });

  it('checks what the environment hides', () => {
    expect(refusal({ ROUNDHOUSE_PORT: '6' }, { hub: { port: 'eighty' } }).fields).toEqual([
      expect.objectContaining({ field: 'hub.port' }),
    ]);
  });

  it('takes one section only, and an empty file', () => {
    expect(read({}, { daemon: { port: 'x', nonsense: 1 } }).values).toEqual({});
    expect(read({}, null).values).toEqual({});
    expect(read({}, { hub: {} }).values).toEqual({});
  });

  it.each([['text'], [[1]], [{ hub: 'port' }], [{ port: 1 }]])('refuses a file of %j', (data) => {
    expect(refusal({}, data).message).toMatch(/^\/s\/roundhouse\.yaml:\d: /);
  });

  it('never shows a secret', () => {
    const env = { DATABASE_URL: 'canary secret', ROUNDHOUSE_PORT: '//me:canary@host' };
    expect(refusal(env).message).not.toContain('canary');
    expect(refusal({}, { hub: { database_url: 'canary' } }).message).not.toContain('canary');
    expect(refusal({ DATABASE_URL_FILE: '/f' }, null, { '/f': 'canary' }).message).not.toContain('canary');
    const { origins } = read({ DATABASE_URL_FILE: '/f', NAMES: '//me:canary@host' }, null, {
      '/f': 'postgres://canary@db',
    });
    expect(describeSettings(origins)).toEqual(['NAMES=//********@host', 'DATABASE_URL=********']);
  });
});

describe('a secret in a file', () => {
  const file = { '/run/secrets/db': 'postgres://db/x\n' };

  it('F:O1 is named by NAME_FILE or key_file, and loses one line end', () => {
    expect(read({ DATABASE_URL_FILE: '/run/secrets/db' }, null, file).values.DATABASE_URL).toBe(
      'postgres://db/x',
    );
    const named = { hub: { database_url_file: '/run/secrets/db' } };
    expect(read({}, named, file).values.DATABASE_URL).toBe('postgres://db/x');
    expect(read({ DATABASE_URL: 'postgres://other/x' }, named, file).values.DATABASE_URL).toBe(
      'postgres://other/x',
    );
  });

  it.each([
    [
      { DATABASE_URL: 'postgres://a/b', DATABASE_URL_FILE: '/run/secrets/db' },
      /DATABASE_URL and DATABASE_URL_FILE are both set/,
    ],
    [{ DATABASE_URL_FILE: '/nowhere' }, /DATABASE_URL_FILE names \/nowhere, which is not there/],
    [{ DATABASE_URL_FILE: 'here' }, /DATABASE_URL_FILE must be the absolute path/],
    [{ DATABASE_URL_FILE: '/empty' }, /DATABASE_URL_FILE names \/empty, which is empty/],
    [{ DATABASE_URL_FILE: '/bad' }, /The content of \/bad \(DATABASE_URL_FILE\) must be an address/],
  ])('is refused: %j', (env, message) => {
    expect(refusal(env, null, { ...file, '/empty': '\n', '/bad': 'db' }).message).toMatch(message);
  });

  it('is refused beside its value in the settings file', () => {
    const data = { hub: { database_url: 'postgres://a/b', database_url_file: '/run/secrets/db' } };
    expect(refusal({}, data, file).message).toMatch(
      /hub\.database_url and .*hub\.database_url_file are both set/,
    );
  });

  it('is nobody else’s business: only secrets have one', () => {
    expect(refusal({ ROUNDHOUSE_PORT_FILE: '/x' }).message).toMatch(/ROUNDHOUSE_PORT_FILE is not a setting/);
  });
});

describe('nodeFiles', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'rh-files-'));
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  it('reads files up to 64 KiB, and nothing that is none', () => {
    const at = (name: string) => path.join(dir, name);
    writeFileSync(at('small'), 'x');
    writeFileSync(at('large'), 'x'.repeat(64 * 1024 + 1));
    expect(nodeFiles.read(at('small'))).toBe('x');
    expect(nodeFiles.read(at('none'))).toBeNull();
    expect(nodeFiles.read(at('small/none'))).toBeNull();
    expect(() => nodeFiles.read(at('large'))).toThrow('larger than 64 KiB');
    expect(() => nodeFiles.read(dir)).toThrow('not a file');
  });
});
