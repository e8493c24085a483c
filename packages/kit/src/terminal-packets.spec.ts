// The short way writes what Socket.IO's parser reads, reads what it writes, and takes nothing else.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeInput, decodeOutput, encodeInput, encodeOutput } from './terminal-packets.js';

const count = fc.oneof(
  fc.nat(200),
  fc.constantFrom(127, 128, 255, 65_536, 2 ** 32 - 1, 2 ** 32),
  fc.maxSafeNat(),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.nat(70_000).map((size) => Buffer.alloc(size, 'x')),
);
const output = fc.record({ sessionId: fc.uuid(), epoch: count, offset: count, data: bytes });
const input = fc.record({
  ...{ sessionId: fc.uuid(), epoch: count, client: fc.string({ maxLength: 60 }), seq: count, data: bytes },
  sentMs: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
});
const plain = <T extends { data: Uint8Array }>(packet: T | null | undefined) =>
  packet && { ...packet, data: [...packet.data] };
const usual = { sessionId: randomUUID(), epoch: 1, offset: 7, data: Buffer.from('hi') };

describe('the packets of terminals', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(output, (packet) => {
        expect(plain(decodeOutput(encodeOutput(packet)))).toEqual(plain(packet));
      }),
    );
    fc.assert(
      fc.property(input, count, (packet, id) => {
        const back = decodeInput(encodeInput(packet, id));
        expect([plain(back?.input), back?.id]).toEqual([plain(packet), id]);
      }),
    );
  });

  it('are refused when cut, lengthened or changed, and never throw', () => {
    const whole = encodeOutput(usual);
    for (let length = 0; length < whole.length; length += 1)
      expect(decodeOutput(whole.subarray(0, length))).toBeNull();
    expect(decodeOutput(Buffer.concat([whole, Buffer.from([0])]))).toBeNull();
    const typed = encodeInput({ ...usual, client: 'a.b', seq: 1, sentMs: 1.5 }, 2 ** 32 + 1);
    for (let length = 0; length < typed.length; length += 1)
      expect(decodeInput(typed.subarray(0, length))).toBeNull();
    expect([decodeOutput(typed), decodeInput(whole)]).toEqual([null, null]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const changed = Buffer.from(whole);
        changed[at] = value;
        const packet = decodeOutput(changed);
        if (packet) expect(packet.data.byteLength).toBeLessThanOrEqual(changed.length);
      }),
    );
  });

  it('refuse a client name that does not fit', () => {
    expect(() => encodeInput({ ...usual, client: 'x'.repeat(300), seq: 1, sentMs: 0 }, 1)).toThrow(
      RangeError,
    );
  });
});
