import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SentWindow } from './sent-window.js';

describe('what a viewer has not acknowledged', () => {
  it('counts bytes that were sent, never gaps, whatever is acknowledged', () => {
    const step = fc.record({
      kind: fc.constantFrom('send', 'skip', 'ack'),
      n: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.nat(9), fc.array(step), (start, steps) => {
        const window = new SentWindow(start);
        const sent: number[] = [];
        let acked = start;
        for (const { kind, n } of steps) {
          if (kind === 'send') {
            for (let byte = 0; byte < n; byte += 1) sent.push(window.sent + byte);
            window.add(n);
          } else if (kind === 'skip') window.skipTo(window.sent + n);
          else {
            const offset = acked + n;
            window.ack(offset);
            if (offset <= window.sent) acked = offset;
          }
          expect(window.unacknowledged).toBe(sent.filter((byte) => byte >= acked).length);
        }
      }),
    );
  });
});
