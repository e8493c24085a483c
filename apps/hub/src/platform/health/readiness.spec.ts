// Each part that is not well is named, and the answer tells nothing that is not for everybody.
import { describe, expect, it } from 'vitest';
import { readinessOf, type ReadinessFacts } from './readiness.js';

const well: ReadinessFacts = {
  database: 'ready',
  obstacle: null,
  migrated: true,
  failure: null,
  freeBytes: 5e9,
  freeMinBytes: 2e8,
};
const bad = (facts: Partial<ReadinessFacts>): Record<string, string | null> =>
  Object.fromEntries(
    readinessOf({ ...well, ...facts })
      .filter(({ ok }) => !ok)
      .map(({ name, reason }) => [name, reason]),
  );

describe('readiness', () => {
  it('has three parts', () => {
    expect(readinessOf(well).map(({ name, ok }) => `${name} ${String(ok)}`)).toEqual([
      ...['database true', 'migrations true', 'disk true'],
    ]);
  });

  it('names what is not well', () => {
    expect(bad({ database: 'down' })).toEqual({ database: 'The database is not reachable' });
    expect(bad({ database: 'connecting', migrated: false })).toEqual({
      database: 'The database is not ready yet',
      migrations: 'Not applied yet',
    });
    expect(bad({ obstacle: 'full' })).toEqual({
      database: 'The disk of the database is full: nothing can be changed',
    });
    expect(bad({ freeBytes: 1e8 })).toEqual({
      disk: expect.stringMatching(/^95 MiB are free for the state directory, 190/) as string,
    });
    expect(bad({ freeBytes: null })).toEqual({});
    const failure = { code: 'DB_MIGRATION_REFUSED', message: 'canary' };
    const told = bad({ database: 'connecting', migrated: false, failure });
    expect(told['migrations']).toMatch(/does not fit/);
    expect(JSON.stringify(told)).not.toContain('canary');
  });
});
