// The outbox: whatever is killed whenever, no fact that was promised is lost, and the numbers have no gap.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLogger } from '@roundhouse/kit';
import { commandIdSchema, sessionIdSchema, type Fact, type FactBody } from '@roundhouse/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from './outbox.js';
import { readOutbox } from './outbox-file.js';

const sessionId = (n: number) =>
  sessionIdSchema.parse(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
const exited = (n: number): FactBody => ({
  kind: 'session.exited',
  sessionId: sessionId(n),
  epoch: 1,
  exitCode: n,
  signal: null,
  offset: 0,
});
const usage = (session: number, rev: number): FactBody => ({
  kind: 'session.usage',
  sessionId: sessionId(session),
  epoch: 1,
  usage: {
    rev,
    model: null,
    tokens: { input: rev, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
    costNanos: 0,
    costSource: 'none',
    context: null,
    requests: 1,
    activeSeconds: null,
  },
});
const codes = (facts: readonly Fact[]) =>
  facts.map(({ body }) => (body.kind === 'session.exited' ? body.exitCode : body.kind));

describe('the outbox', () => {
  let stateDir = '';
  const open = () => Outbox.open({ stateDir, clock: new ManualClock(), logger: silentLogger() });
  const file = () => join(stateDir, 'outbox.jsonl');
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'rh-outbox-'));
  });
  afterEach(() => {
    rmSync(stateDir, { recursive: true, force: true });
  });

  it('keeps its stream, its facts and its numbers over restarts', async () => {
    const first = await open();
    for (const n of [1, 2, 3]) await first.add(exited(n));
    await first.acked(1);
    await first.close();
    const second = await open();
    expect(second.stream).toBe(first.stream);
    expect(second.lastSeq).toBe(3);
    await second.agree(1);
    expect(second.take(10).map(({ seq }) => seq)).toEqual([2, 3]);
    await second.acked(3);
    expect(second.size).toBe(0);
    await second.close();
    const third = await open();
    await third.add(exited(4));
    expect(third.take(10).map(({ seq }) => seq)).toEqual([4]);
    await third.close();
    await expect(third.add(exited(5))).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it('cut off at any byte, loses nothing that was written whole, and takes up from there', async () => {
    const outbox = await open();
    const lengths: number[] = [];
    for (const n of [1, 2, 3, 4]) {
      await outbox.add(exited(n));
      lengths.push(readFileSync(file()).length);
    }
    await outbox.close();
    const whole = readFileSync(file());
    const begin = whole.indexOf(10) + 1;
    for (let cut = begin; cut <= whole.length; cut += 1) {
      const { facts, nextSeq } = readOutbox(whole.subarray(0, cut).toString('utf8'), () => 'new');
      // A line without its newline is whole all the same.
      const promised = lengths.filter((length) => length <= cut + 1).length;
      expect(codes(facts)).toEqual([1, 2, 3, 4].slice(0, promised));
      expect(nextSeq).toBe(promised + 1);
    }
    writeFileSync(file(), whole.subarray(0, whole.length - 5));
    const again = await open();
    await again.add(exited(5));
    await again.close();
    const last = await open();
    expect(last.take(10).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(codes(last.take(10))).toEqual([1, 2, 3, 5]);
    await last.close();
  });

  it('replaces totals until they are handed out, and never what may be on its way', async () => {
    const outbox = await open();
    await outbox.add(usage(1, 1));
    await outbox.add(exited(9));
    await outbox.add(usage(1, 2));
    expect(outbox.size).toBe(2);
    // Handed out while newer totals are being written: those need a number of their own.
    const adding = outbox.add(usage(1, 3));
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    const taken = outbox.take(10);
    await adding;
    expect(taken[0]?.body).toMatchObject({ usage: { rev: 2 } });
    expect(outbox.take(10).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(outbox.take(10).at(-1)?.body).toMatchObject({ usage: { rev: 3 } });
    expect(outbox.hasUnsent).toBe(false);
    await outbox.close();
    const again = await open();
    expect(again.take(10).at(-1)?.body).toMatchObject({ usage: { rev: 3 } });
    await again.close();
  });

  it('gives totals a number of their own after a restart, before it hears what the hub has of those before', async () => {
    const outbox = await open();
    await outbox.add(usage(1, 1));
    outbox.take(1);
    // The hub has applied it; the daemon is killed before it hears so, and counts on before the link is there.
    const again = await open();
    await again.add(usage(1, 2));
    await again.agree(1);
    expect(again.take(10)).toMatchObject([{ seq: 2, body: { usage: { rev: 2 } } }]);
    await again.close();
    await outbox.close();
  });

  it('writes what comes together together, hands out no more than a message may hold, and forgets nothing', async () => {
    const outbox = await open();
    await Promise.all(Array.from({ length: 500 }, (_, n) => outbox.add(exited(n))));
    expect(codes(outbox.take(1_000))).toEqual(Array.from({ length: 500 }, (_, n) => n));
    await outbox.acked(500);
    const large = (n: number): FactBody => ({
      kind: 'command.refused',
      commandId: commandIdSchema.parse(sessionId(n)),
      sessionId: sessionId(n),
      reason: { code: 'UNKNOWN', message: 'x'.repeat(100_000), hint: '' },
    });
    await Promise.all([1, 2, 3, 4, 5].map((n) => outbox.add(large(n))));
    expect(outbox.take(200).map(({ seq }) => seq)).toEqual([501, 502]);
    expect(outbox.hasUnsent).toBe(true);
    await outbox.acked(502);
    await outbox.close();
    const again = await open();
    expect(again.take(200).map(({ seq }) => seq)).toEqual([503, 504]);
    await again.close();
  });

  it('begins a new stream when the hub, or this machine, was restored from an older copy', async () => {
    const outbox = await open();
    for (const n of [1, 2, 3]) await outbox.add(exited(n));
    await outbox.acked(2);
    const { stream } = outbox;
    await outbox.agree(0);
    expect(outbox.stream).not.toBe(stream);
    expect(
      outbox.take(10).map(({ seq, body }) => [seq, body.kind === 'session.exited' && body.exitCode]),
    ).toEqual([[1, 3]]);
    const renewed = outbox.stream;
    await outbox.agree(40);
    expect(outbox.stream).not.toBe(renewed);
    expect(outbox.lastSeq).toBe(1);
    await outbox.close();
    const again = await open();
    expect([again.stream, again.size]).toEqual([outbox.stream, 1]);
    await again.close();
  });

  it('keeps what can be read of a damaged file, numbered anew', async () => {
    const outbox = await open();
    for (const n of [1, 2, 3]) await outbox.add(exited(n));
    await outbox.close();
    const [header = '', one = '', , three = ''] = readFileSync(file(), 'utf8').split('\n');
    writeFileSync(file(), [header, one, 'garbage', three, ''].join('\n'));
    const holed = await open();
    expect(holed.stream).not.toBe(outbox.stream);
    expect(codes(holed.take(9))).toEqual([1, 3]);
    expect(holed.take(9).map(({ seq }) => seq)).toEqual([1, 2]);
    await holed.close();
    appendFileSync(file(), '{"half');
    const next = await open();
    expect(next.stream).toBe(holed.stream);
    expect(next.size).toBe(2);
    await next.close();
  });

  it('any order of adding, taking, acknowledging and dying: every fact reaches the hub, in order, once', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), n: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ do: fc.constant('usage' as const), n: fc.integer({ min: 0, max: 2 }) }),
      fc.record({ do: fc.constant('push' as const), n: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant('lostAnswer' as const), n: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant('die' as const), n: fc.integer({ min: 0, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        rmSync(file(), { force: true });
        let outbox = await open();
        const hub = { applied: 0, codes: [] as number[], totals: new Map<string, number>() };
        const told: number[] = [];
        const totals = new Map<string, number>();
        const apply = (facts: readonly Fact[]): void => {
          for (const { seq, body } of facts) {
            if (seq <= hub.applied) continue;
            expect(seq).toBe(hub.applied + 1);
            hub.applied = seq;
            if (body.kind === 'session.exited') hub.codes.push(body.exitCode ?? -1);
            if (body.kind === 'session.usage') hub.totals.set(body.sessionId, body.usage.rev);
          }
        };
        let count = 0;
        for (const { do: what, n } of [...steps, { do: 'push' as const, n: 1_000 }]) {
          count += 1;
          if (what === 'add') {
            await outbox.add(exited(count));
            told.push(count);
          } else if (what === 'usage') {
            const adding = outbox.add(usage(n, count));
            for (let turn = 0; turn < count % 6; turn += 1) await Promise.resolve();
            if (count % 2 === 0) apply(outbox.take(n));
            await adding;
            totals.set(sessionId(n), count);
          } else if (what === 'die') {
            await outbox.close();
            // Part of a line that was not promised.
            appendFileSync(
              file(),
              JSON.stringify({ seq: outbox.lastSeq + 1, body: 'x'.repeat(50) }).slice(0, n),
            );
            outbox = await open();
            await outbox.agree(hub.applied);
          } else {
            apply(outbox.take(n));
            if (what === 'push') await outbox.acked(hub.applied);
          }
        }
        expect(hub.codes).toEqual(told);
        expect(hub.totals).toEqual(totals);
        await outbox.close();
      }),
      { numRuns: 60 },
    );
  });
});
