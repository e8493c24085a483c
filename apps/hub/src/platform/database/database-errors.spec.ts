import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { isDatabaseAway } from './database-errors.js';

const missing = '/nowhere/at/all';
const failed = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

it('takes a socket that is not there for a database that is away', async () => {
  const error = await failed(
    new Promise((resolve, reject) => connect(missing).once('connect', resolve).once('error', reject)),
  );
  expect(error).toMatchObject({ code: 'ENOENT' });
  expect(isDatabaseAway(error)).toBe(true);
});

it('takes a file that is not there for what it is, so that a start which cannot back up is not tried for ever', async () => {
  const error = await failed(readFile(missing));
  expect(error).toMatchObject({ code: 'ENOENT' });
  expect(isDatabaseAway(error)).toBe(false);
  expect(isDatabaseAway(new Error('Backup failed', { cause: error }))).toBe(false);
});
