// Settings from the environment: every problem at once, by name, with an example and without secrets.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeEnv, envVariable, parseEnv } from './config.js';

const table = {
  ROUNDHOUSE_PORT: envVariable({
    schema: z.string().regex(/^\d+$/).transform(Number),
    expects: 'a port number',
    example: '4400',
  }),
  DATABASE_URL: envVariable({
    schema: z.url(),
    expects: 'an address',
    example: 'postgresql://user:password@db/x',
    secret: true,
  }),
};

describe('parseEnv', () => {
  it('takes what is set; empty means unset', () => {
    expect(parseEnv(table, { ROUNDHOUSE_PORT: ' 1 ', DATABASE_URL: '', HOME: '/x' })).toEqual({
      ROUNDHOUSE_PORT: 1,
    });
  });

  it('names every wrong variable at once, with what it takes and an example', () => {
    const read = (): unknown =>
      parseEnv(table, { ROUNDHOUSE_PORT: 'high', ROUNDHOUSE_PROT: '1', ROUNDHOUSE_XYZZY: '' });
    expect(read).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        fields: [
          {
            field: 'ROUNDHOUSE_PROT',
            message: 'ROUNDHOUSE_PROT is not a setting: did you mean ROUNDHOUSE_PORT?',
          },
          {
            field: 'ROUNDHOUSE_XYZZY',
            message: 'ROUNDHOUSE_XYZZY is not a setting: remove it (settings: ROUNDHOUSE_PORT, DATABASE_URL)',
          },
          {
            field: 'ROUNDHOUSE_PORT',
            message: 'ROUNDHOUSE_PORT must be a port number, for example ROUNDHOUSE_PORT=4400 (it is "high")',
          },
        ],
      }),
    );
  });

  it('takes the names of other parts of the product', () => {
    expect(parseEnv(table, { ROUNDHOUSE_SESSION: 'a', ROUNDHOUSE_TLS: 'off' })).toEqual({});
  });

  it('never shows a secret', () => {
    const env = { DATABASE_URL: 'canary secret', ROUNDHOUSE_PORT: '//me:canary@host' };
    expect(() => parseEnv(table, env)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('canary') as string }),
    );
    expect(describeEnv(table, env).join()).toBe('ROUNDHOUSE_PORT=//********@host,DATABASE_URL=********');
  });
});
