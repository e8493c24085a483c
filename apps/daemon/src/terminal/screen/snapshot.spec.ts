// A snapshot, taken at any byte, drawn on a fresh emulator: it goes on as if nothing had happened.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Emulator } from './emulator.js';
import { screenState } from './testing/screen-state.js';
import { recordings, streams } from './testing/streams.js';

const scrollback = 200;
const open = (cols: number, rows: number): Emulator => new Emulator({ cols, rows, scrollback });

/** The state at `at` and `more` bytes later, of a restored emulator. */
function restored(emulator: Emulator): Emulator {
  const copy = open(emulator.cols, emulator.rows);
  copy.write(emulator.snapshot(scrollback).data);
  return copy;
}

function check(bytes: Buffer, at: number, size: { cols: number; rows: number }): void {
  const one = open(size.cols, size.rows);
  one.write(bytes.subarray(0, at));
  const from = at - one.heldBytes;
  const two = restored(one);
  expect(screenState(two, scrollback)).toEqual(screenState(one, scrollback));
  const rest = bytes.subarray(from);
  one.write(bytes.subarray(at));
  two.write(rest);
  expect(screenState(two, 0)).toEqual(screenState(one, 0));
}

describe('a snapshot', () => {
  it('R:D12 of any output, at any byte, goes on as the uninterrupted emulator', () => {
    fc.assert(
      fc.property(streams, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, where) => {
        check(bytes, Math.floor(where * bytes.length), { cols: 20, rows: 6 });
      }),
      {
        numRuns: Number(process.env['SCREEN_RUNS'] ?? 300),
        ...(process.env['SCREEN_SEED'] ? { seed: Number(process.env['SCREEN_SEED']) } : {}),
      },
    );
  });

  it.each(recordings)('R:D12 of $name', ({ bytes }) => {
    const one = open(120, 40);
    const step = Math.ceil(bytes.length / 40);
    for (let at = 0; at < bytes.length; at += step) {
      const end = Math.min(bytes.length, at + step);
      one.write(bytes.subarray(at, end));
      const two = restored(one);
      expect(screenState(two, scrollback)).toEqual(screenState(one, scrollback));
    }
  });
});
