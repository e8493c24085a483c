// Settings for people: a secret is never among them, by whatever way it comes.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { setting } from './settings-table.js';
import { showProblems, showSettings } from './show-settings.js';

it('tells of a secret only that it is set', () => {
  const table = {
    KEY: setting({
      ...{ schema: z.string(), key: 'key', topic: 'hub', help: 'A key.', expects: 'a key', example: 'k…' },
      ...{ default: '', secret: true },
    }),
  };
  const origins = new Map([['KEY', { source: 'file', from: '/f:1', text: 'canary' } as const]]);
  const read = { values: { KEY: 'canary' }, origins };
  const [shown] = showSettings({ table, started: read, latest: read, without: { KEY: 'canary' } });
  expect(shown).toMatchObject({ name: 'KEY', isSet: true, value: null });
  expect(JSON.stringify(shown)).not.toContain('canary');
});

it('tells problems without what looks like a secret, and no more than fits', () => {
  const token = `rhj_${'canary'.repeat(6)}`;
  const [first, ...more] = showProblems([
    { field: 'hub.x', message: `/f:1: hub.x must be … (it is "${token}")` },
    ...Array.from({ length: 50 }, () => ({ field: 'y', message: 'z'.repeat(2_000) })),
  ]);
  expect(first?.message).toContain('/f:1: hub.x must be');
  expect(first?.message).not.toContain('canary');
  expect(more).toHaveLength(19);
  expect(more[0]?.message).toHaveLength(500);
});
