import { hostIdSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { hostOf } from '../testing/entities.js';
import { summarise } from './profiles.controller.js';

describe('profiles of all hosts', () => {
  it('stand together by name, with where they are available', () => {
    const other = hostIdSchema.parse('11111111-1111-4111-8111-222222222222');
    const [bash] = hostOf().profiles;
    if (!bash) throw new Error('no profile');
    const broken = { ...bash, available: false, reason: 'not installed', displayName: 'Other words' };
    const summary = summarise([
      hostOf({ profiles: [{ ...bash, name: 'zsh' }, bash] }),
      hostOf({ id: other, profiles: [broken] }),
    ]);
    expect(summary.map(({ name }) => name)).toEqual(['bash', 'zsh']);
    expect(summary[0]).toMatchObject({
      displayName: 'Bash',
      hosts: [{ available: true }, { hostId: other, available: false, reason: 'not installed' }],
    });
    expect(summarise([])).toEqual([]);
  });
});
