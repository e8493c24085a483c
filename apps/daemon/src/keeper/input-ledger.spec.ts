// Any schedule of repeats, losses and reorders applies each input once and in order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputLedger, MAX_CLIENTS } from './input-ledger.js';

describe('InputLedger', () => {
  it('applies 1..n in order, once, under any schedule', () => {
    const sends = fc.array(
      fc.record({ client: fc.constantFrom('a', 'b'), seq: fc.integer({ min: 1, max: 8 }) }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(sends, (schedule) => {
        const ledger = new InputLedger();
        const applied = { a: [] as number[], b: [] as number[] };
        for (const { client, seq } of schedule) {
          const verdict = ledger.judge(client, seq);
          const next = applied[client].length + 1;
          if (verdict.kind === 'apply') {
            applied[client].push(seq);
            ledger.applied(client, seq);
            expect(seq).toBe(next);
          } else expect(verdict).toEqual(seq < next ? { kind: 'repeat' } : { kind: 'gap', expected: next });
        }
      }),
    );
  });

  it('remembers a bounded number of clients and forgets the longest silent one', () => {
    const ledger = new InputLedger();
    ledger.applied('busy', 1);
    for (let n = 0; n < MAX_CLIENTS; n += 1) {
      ledger.applied(`client ${String(n)}`, 1);
      ledger.applied('busy', n + 2);
    }
    expect(ledger.judge('busy', 1).kind).toBe('repeat');
    expect(ledger.judge('client 0', 2)).toEqual({ kind: 'gap', expected: 1 });
  });
});
