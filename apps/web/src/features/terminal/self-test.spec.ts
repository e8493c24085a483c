// The self-test compares at the very byte of the host's answer, says what differs, and never leaves the output held.
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../lib/api-error.js';
import { selfTest, type Grid, type TestedStream } from './self-test.js';
import { initialState } from './terminal-state.js';

const grid: Grid = { cols: 80, rows: 2, cursorX: 1, cursorY: 1, alternate: false, digests: ['aa', 'bb'] };

/** A stream that is 10 bytes behind the host's answers. */
function setup(
  host: Partial<Grid> = {},
  before: (call: number, stats: { snapshots: number }) => void = () => undefined,
) {
  const holds: (number | null)[] = [];
  const stats = {
    received: 0,
    written: 100,
    parsed: 100,
    head: 0,
    windowBytes: 1,
    inFlight: 0,
    totalBytes: 0,
    attaches: 1,
    snapshots: 0,
    faults: 0,
  };
  let calls = 0;
  const stream: TestedStream = {
    state: {
      get: () => ({ ...initialState, phase: 'live', epoch: 1 }),
      set: () => undefined,
      subscribe: () => () => undefined,
    },
    stats: () => ({ ...stats }),
    hold(offset) {
      holds.push(offset);
      if (offset !== null) stats.parsed = Math.max(stats.parsed, offset);
    },
    hostGrid(atLeast) {
      calls += 1;
      before(calls, stats);
      return Promise.resolve({ ...grid, ...host, epoch: 1, offset: atLeast + 10 });
    },
    until: (holdsNow) =>
      holdsNow() ? Promise.resolve() : Promise.reject(new ApiError('TIMEOUT', { message: 'late' })),
  };
  return { stream, holds, calls: () => calls };
}

describe('selfTest', () => {
  it('says identical at the byte of the host, and lets the output go on', async () => {
    const { stream, holds } = setup();
    expect(await selfTest(stream, () => grid)).toEqual({ same: true, offset: 110 });
    expect(holds).toEqual([100, 110, null]);
  });

  it('names what differs', async () => {
    const { stream } = setup({ digests: ['aa', 'XX'], cursorX: 5, alternate: true });
    expect(await selfTest(stream, () => grid)).toEqual({
      same: false,
      offset: 110,
      difference: { rows: [2], cursor: true, size: false, buffer: true },
    });
  });

  it('asks again when a new screen came between, and gives up when there is always one', async () => {
    const once = setup({}, (call, stats) => (call === 1 ? (stats.snapshots += 1) : undefined));
    expect((await selfTest(once.stream, () => grid)).same).toBe(true);
    expect(once.calls()).toBe(2);
    const always = setup({}, (_, stats) => (stats.snapshots += 1));
    await expect(selfTest(always.stream, () => grid)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(always.holds.at(-1)).toBeNull();
  });

  it('says a size that stays different', async () => {
    const { stream, calls } = setup({ cols: 90 });
    const verdict = await selfTest(stream, () => grid);
    expect(verdict.same === false && verdict.difference.size).toBe(true);
    expect(calls()).toBe(4);
  });

  it('lets the output go on after an error of the host', async () => {
    const { stream, holds } = setup();
    const failing = {
      ...stream,
      hostGrid: () => Promise.reject(new ApiError('HOST_UNREACHABLE', { message: 'away' })),
    };
    await expect(selfTest(failing, () => grid)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(holds.at(-1)).toBeNull();
  });
});
