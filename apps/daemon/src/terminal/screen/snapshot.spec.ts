// A snapshot, taken at any byte, drawn on a fresh emulator: it goes on as if nothing had happened.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Emulator, type Size } from './emulator.js';
import { screenState } from './testing/screen-state.js';
import { lines, memories, probe, recordings, streams } from './testing/streams.js';

/** `LONG_BAR=1`: many more streams with a seed of now, and every single byte of the recordings. */
const long = process.env['LONG_BAR'] === '1';
const seed = long ? Math.floor(Date.now() / 1_000) : 3;
const scrollback = 200;
/** Bytes that are drawn after a snapshot of a recording before both are compared again. */
const after = 300;
const open = (size: Size): Emulator => new Emulator({ ...size, scrollback });

/** The agents were recorded at this size. */
const recorded = { cols: 120, rows: 36 };
const places = fc.noBias(fc.double({ min: 0, max: 1, noNaN: true }));
const sizes = fc.record({ cols: fc.integer({ min: 20, max: 60 }), rows: fc.integer({ min: 5, max: 12 }) });

describe('a snapshot', () => {
  afterAll(() => {
    if (long) process.stdout.write(`snapshots: seed ${String(seed)}\n`);
  });

  it.each(memories)('keeps %s', (_, output) => {
    const [one, two] = [open({ cols: 20, rows: 6 }), open({ cols: 20, rows: 6 })];
    one.write(Buffer.from(output));
    const { data } = one.snapshot(scrollback);
    two.write(data);
    expect(screenState(two, scrollback)).toEqual(screenState(one, scrollback));
    // Also what no state tells, such as the palette and where a string has got to.
    expect(Buffer.from(two.snapshot(scrollback).data).toString()).toBe(Buffer.from(data).toString());
    for (const emulator of [one, two]) emulator.write(Buffer.from(probe));
    expect(screenState(two, scrollback)).toEqual(screenState(one, scrollback));
  });

  it('R:D12 of any output, at any byte, goes on as the uninterrupted emulator', () => {
    fc.assert(
      fc.property(streams, places, sizes, (bytes, where, size) => {
        const at = Math.floor(where * bytes.length);
        const one = open(size);
        one.write(bytes.subarray(0, at));
        const two = open(size);
        two.write(one.snapshot(scrollback).data);
        expect(screenState(two, scrollback)).toEqual(screenState(one, scrollback));
        two.write(bytes.subarray(at - one.heldBytes));
        one.write(bytes.subarray(at));
        expect(screenState(two, 0)).toEqual(screenState(one, 0));
      }),
      { numRuns: long ? 50_000 : 300, seed },
    );
  });

  it('of plain output, with all its scrollback, takes a later size as the uninterrupted emulator does', () => {
    fc.assert(
      fc.property(lines, sizes, sizes, (bytes, size, later) => {
        const one = open(size);
        one.write(bytes);
        const two = open(size);
        two.write(one.snapshot(scrollback).data);
        for (const emulator of [one, two]) emulator.resize(later);
        expect(screenState(two, scrollback)).toEqual(screenState(one, scrollback));
      }),
      { numRuns: long ? 20_000 : 200, seed },
    );
  });

  it.each(recordings)(
    'R:D12 of $name, at many bytes, each drawn on',
    ({ bytes }) => {
      const one = open(recorded);
      const places = new Set([...samples(bytes.length, long ? 2_000 : 40)].sort((a, b) => a - b));
      const stops = new Set([
        ...places,
        ...[...places].map((place) => Math.min(place + after, bytes.length)),
      ]);
      const going = new Map<number, Emulator>();
      let at = 0;
      for (const stop of [...stops].sort((a, b) => a - b)) {
        one.write(bytes.subarray(at, stop));
        at = stop;
        const state = screenState(one, 0);
        const copy = going.get(stop);
        if (copy) expect(screenState(copy, 0)).toEqual(state);
        going.delete(stop);
        if (!places.has(stop)) continue;
        const two = open(recorded);
        two.write(one.snapshot(scrollback).data);
        expect(screenState(two, 0)).toEqual(state);
        two.write(bytes.subarray(at - one.heldBytes, Math.min(at + after, bytes.length)));
        going.set(Math.min(at + after, bytes.length), two);
      }
    },
    600_000,
  );

  it.runIf(long).each(recordings)(
    'R:D12 of $name, at every byte',
    ({ bytes }) => {
      const one = open(recorded);
      const two = open(recorded);
      for (let at = 1; at <= bytes.length; at += 1) {
        one.write(bytes.subarray(at - 1, at));
        two.restart();
        const { data } = one.snapshot(0);
        two.write(data);
        if (!two.snapshot(0).data.equals(data))
          throw new Error(`byte ${String(at)} of ${String(bytes.length)}`);
      }
    },
    3_600_000,
  );
});

/** Evenly random offsets, the same ones for a seed. */
function* samples(length: number, count: number): Generator<number> {
  let state = seed;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield Math.floor(((state >>> 8) / 2 ** 24) * length);
  }
}
