import { hostIdSchema, type ReportedSession } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { Heartbeats } from './heartbeats.js';

const [host, other] = ['1', '2'].map((n) =>
  hostIdSchema.parse(`11111111-1111-4111-8111-11111111111${n}`),
) as [never, never];
const says = (cwd: string) => [{ cwd } as ReportedSession];
const set = () => {
  const clock = { at: 0, monotonic: () => clock.at };
  return { clock, heartbeats: new Heartbeats(clock) };
};

describe('a heartbeat', () => {
  it('is passed over when it says what the last one said, for five minutes', () => {
    const { clock, heartbeats } = set();
    heartbeats.begin(host, says('/a'))?.();
    expect(heartbeats.begin(host, says('/a'))).toBeNull();
    expect(heartbeats.begin(other, says('/a'))).not.toBeNull();
    clock.at = 300_000;
    expect(heartbeats.begin(host, says('/a'))).not.toBeNull();
  });

  it('is looked at when it says another thing, and when the last one had something to do', () => {
    const { heartbeats } = set();
    heartbeats.begin(host, says('/a'))?.();
    heartbeats.begin(host, says('/b'));
    expect(heartbeats.begin(host, says('/b'))).not.toBeNull();
    expect(heartbeats.begin(host, says('/a'))).not.toBeNull();
  });

  it('is looked at after a change here, also one that came while it was compared', () => {
    const { heartbeats } = set();
    heartbeats.begin(host, says('/a'))?.();
    heartbeats.forget(host);
    const done = heartbeats.begin(host, says('/a'));
    expect(done).not.toBeNull();
    heartbeats.forget(null);
    done?.();
    expect(heartbeats.begin(host, says('/a'))).not.toBeNull();
  });
});
