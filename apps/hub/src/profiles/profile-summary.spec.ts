import { hostIdSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { hostOf } from '../testing/entities.js';
import { onHosts, summarise } from './profile-summary.js';

describe('profiles of all hosts', () => {
  const other = hostIdSchema.parse('11111111-1111-4111-8111-222222222222');
  const [bash] = hostOf().profiles;
  if (!bash) throw new Error('no profile');
  const problem = { file: 'bash.yaml', line: 3, field: 'colour', message: 'is not a field here' };
  const broken = { ...bash, available: false, reason: 'not installed', displayName: 'Other words' };
  const stale = {
    ...broken,
    source: 'override' as const,
    stale: true,
    problems: [problem],
    telemetry: 'sidecar' as const,
  };

  it('stand together by name, with where they are available and why not', () => {
    const summary = summarise([
      hostOf({ profiles: [{ ...bash, name: 'zsh' }, bash] }),
      hostOf({ id: other, name: 'second', profiles: [stale] }),
    ]);
    expect(summary.map(({ name }) => name)).toEqual(['bash', 'zsh']);
    expect(summary[0]).toMatchObject({
      displayName: 'Bash',
      hosts: [
        { available: true, source: null, stale: false, telemetry: null, problems: 0 },
        {
          ...{ hostId: other, hostName: 'second', available: false, reason: 'not installed' },
          ...{ source: 'override', stale: true, telemetry: 'sidecar', problems: 1 },
        },
      ],
    });
    expect(summarise([])).toEqual([]);
  });

  it('one profile is told as each host has it', () => {
    const hosts = [hostOf({ profiles: [bash] }), hostOf({ id: other, profiles: [stale] })];
    expect(onHosts('bash', hosts)).toMatchObject([
      { displayName: 'Bash' },
      { hostId: other, problems: [problem] },
    ]);
    expect(onHosts('nope', hosts)).toEqual([]);
  });
});
