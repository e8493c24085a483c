// What stands under "Options" as it is sent: nothing for what was left empty, limits as numbers.
import { expect, it } from 'vitest';
import { sessionOptionsSchema } from '@roundhouse/protocol';
import { makeProfile } from '../../testing/entities.js';
import { emptyOptions, optionsOf } from './option-rules.js';

it('F:N5 sends the limits that were typed, and refuses on the way what is none', () => {
  const profile = makeProfile('bash');
  expect(optionsOf(emptyOptions, profile)).toEqual({});
  const sent = optionsOf({ ...emptyOptions, timeMinutes: ' 90 ', memoryMb: '512' }, profile);
  expect(sent).toEqual({ limits: { timeMinutes: 90, memoryMb: 512 } });
  expect(sessionOptionsSchema.safeParse(sent).success).toBe(true);
  const wrong = optionsOf({ ...emptyOptions, cpuPercent: 'half' }, profile);
  expect(sessionOptionsSchema.safeParse(wrong).error?.issues[0]?.path).toEqual(['limits', 'cpuPercent']);
});
