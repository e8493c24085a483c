// The stream applies every byte once, in order, whatever the link does to it.
import fc from 'fast-check';
import { viewerIdSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { StreamState, type AttachReply, type Outcome, type StreamEvent } from './stream.js';

const viewerId = viewerIdSchema.parse('viewer-0001');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const reply = (change: Partial<AttachReply> = {}): AttachReply => ({
  mode: 'exact',
  epoch: 1,
  offset: 0,
  head: 0,
  cols: 80,
  rows: 24,
  viewerId,
  controller: true,
  windowBytes: 1024,
  ...change,
});
const output = (offset: number, text: string, epoch = 1): StreamEvent => ({
  kind: 'output',
  epoch,
  offset,
  data: bytes(text),
});
const written = ({ steps }: Outcome): string =>
  steps
    .map((step) => {
      const text = 'data' in step ? new TextDecoder().decode(step.data) : '';
      return step.do === 'write' ? text : `<${step.do}>${text}`;
    })
    .join('');

function attached(change: Partial<AttachReply> = {}): StreamState {
  const state = new StreamState();
  state.attached(reply(change));
  return state;
}

describe('StreamState', () => {
  it('begins with a reset to the size that the hub tells', () => {
    const state = new StreamState();
    expect(state.place()).toEqual({});
    expect(state.attached(reply({ cols: 100 })).steps).toEqual([
      { do: 'reset', cols: 100, rows: 24, upTo: 0 },
    ]);
    expect(state.place()).toEqual({ epoch: 1, fromOffset: 0 });
  });

  it('trims what it has already and ignores repeats', () => {
    const state = attached();
    expect(written(state.apply(output(0, 'hello')))).toBe('hello');
    expect(state.apply(output(0, 'hel'))).toEqual({ steps: [] });
    expect(written(state.apply(output(3, 'lo you')))).toBe(' you');
    expect(state.next).toBe(9);
  });

  it('takes a hole without a gap for a fault and loses nothing', () => {
    const state = attached();
    state.apply(output(0, 'ab'));
    expect(state.apply(output(5, 'xy')).fault).toBe(true);
    expect(state.place()).toEqual({ epoch: 1, fromOffset: 2 });
  });

  it('goes on after a gap and says how much is gone', () => {
    const state = attached();
    state.apply(output(0, 'ab'));
    const gap = state.apply({ kind: 'gap', epoch: 1, from: 2, to: 10 });
    expect([written(gap), gap.dropped]).toEqual(['<break>', 8]);
    expect(written(state.apply(output(10, 'c')))).toBe('c');
    // The hole before this gap was never told: its bytes may still be had.
    expect(state.apply({ kind: 'gap', epoch: 1, from: 20, to: 30 }).fault).toBe(true);
  });

  it('tells what an exact replay cannot bring back', () => {
    const state = new StreamState();
    const outcome = state.attached(reply({ offset: 500, head: 900 }));
    expect(outcome.dropped).toBe(500);
    // The gap that follows the answer says the same again.
    expect(state.apply({ kind: 'gap', epoch: 1, from: 0, to: 500 })).toEqual({ steps: [] });
    expect(written(state.apply(output(500, 'x')))).toBe('x');
  });

  it('keeps its screen when it attaches again where it was', () => {
    const state = attached();
    state.apply(output(0, 'abc'));
    state.detached();
    expect(state.apply(output(3, 'late'))).toEqual({ steps: [] });
    const again = state.attached(reply({ offset: 3, cols: 90 }));
    expect(again.steps).toEqual([{ do: 'resize', cols: 90, rows: 24 }]);
    expect(written(state.apply(output(3, 'def')))).toBe('def');
  });

  it('resets for a snapshot and for a new epoch, but not for a screen of the past', () => {
    const state = attached();
    state.apply(output(0, 'abc'));
    const old: StreamEvent = { kind: 'snapshot', epoch: 1, offset: 1, cols: 80, rows: 24, data: bytes('a') };
    expect(state.apply(old)).toEqual({ steps: [] });
    const jump = state.apply({ ...old, offset: 50, data: bytes('screen') });
    expect(written(jump)).toBe('<redraw>screen');
    const life = state.apply({ ...old, epoch: 2, offset: 0, data: bytes('') });
    expect([written(life), life.restarted, state.place()]).toEqual([
      '<redraw>',
      true,
      { epoch: 2, fromOffset: 0 },
    ]);
    expect(state.apply(output(50, 'old life'))).toEqual({ steps: [] });
    expect(state.apply(output(0, 'next', 3)).fault).toBe(true);
  });

  it('applies a size at its offset, the newest last', () => {
    const state = attached();
    state.apply(output(0, 'abcd'));
    expect(state.apply({ kind: 'resized', epoch: 1, offset: 4, cols: 90, rows: 24 }).steps).toHaveLength(1);
    expect(state.apply({ kind: 'resized', epoch: 1, offset: 2, cols: 70, rows: 24 }).steps).toHaveLength(0);
    expect(state.apply({ kind: 'resized', epoch: 1, offset: 9, cols: 70, rows: 24 }).fault).toBe(true);
  });

  it('ends only where the output ends', () => {
    const state = attached();
    state.apply(output(0, 'ab'));
    expect(state.apply({ kind: 'exit', epoch: 1, offset: 5, exitCode: 0, signal: null }).fault).toBe(true);
    const end = state.apply({ kind: 'exit', epoch: 1, offset: 2, exitCode: 3, signal: null });
    expect(end.exit).toEqual({ exitCode: 3, signal: null });
  });

  it('R:C22 gives the same bytes once under any repeats, cuts and reconnects', () => {
    const move = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constant('send' as const), size: fc.integer({ min: 1, max: 9 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('repeat' as const), back: fc.integer({ min: 1, max: 20 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('lose' as const), size: fc.integer({ min: 1, max: 9 }) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), late: fc.boolean() }) },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 120 }),
        fc.array(move, { maxLength: 60 }),
        (all, moves) => {
          const state = new StreamState();
          const got: number[] = [];
          let sent = 0;
          const take = (outcome: Outcome): void => {
            for (const step of outcome.steps) if (step.do === 'write') got.push(...step.data);
            if (outcome.fault) attach();
          };
          // The hub sends from where the viewer says that it stopped.
          const attach = (): void => {
            state.detached();
            const place = state.place();
            sent = 'fromOffset' in place ? place.fromOffset : 0;
            take(state.attached(reply({ offset: sent, head: all.length })));
          };
          const send = (from: number, size: number): void => {
            const data = all.slice(from, from + size);
            if (data.length > 0) take(state.apply({ kind: 'output', epoch: 1, offset: from, data }));
          };
          attach();
          for (const step of moves) {
            if (step.do === 'send') {
              const from = sent;
              sent = Math.min(all.length, sent + step.size);
              send(from, sent - from);
            } else if (step.do === 'repeat') send(Math.max(0, sent - step.back), step.back);
            else if (step.do === 'lose') sent = Math.min(all.length, sent + step.size);
            else {
              state.detached();
              if (step.late) send(sent, 5);
              attach();
            }
          }
          attach();
          send(sent, all.length);
          expect(got).toEqual([...all]);
        },
      ),
      { numRuns: 400 },
    );
  });
});
