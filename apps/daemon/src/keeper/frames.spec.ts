// Frames survive every way of cutting the stream; rubbish is refused, not buffered.
import { keeperHeaders, terminalLimits } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIZE_LIMITS } from './fields.js';
import { encodeFrame, encodeHead, FRAME_TYPE, FrameDecoder, FrameError, MAX_FRAME_BYTES } from './frames.js';

const frame = fc.oneof(
  fc.record({ off: fc.maxSafeNat(), body: fc.uint8Array({ maxLength: 50 }) }).map(({ off, body }) => ({
    name: 'DATA' as const,
    header: { off },
    body: Buffer.from(body),
  })),
  fc
    .record({
      client: fc.string({ minLength: 1, maxLength: 20 }),
      seq: fc.integer({ min: 1 }),
      body: fc.uint8Array({ maxLength: 20 }),
    })
    .map(({ client, seq, body }) => ({
      name: 'INPUT' as const,
      header: { client, seq },
      body: Buffer.from(body),
    })),
  fc
    .record({ from: fc.nat(), to: fc.nat() })
    .map((header) => ({ name: 'GAP' as const, header, body: Buffer.alloc(0) })),
);

function encode(each: { name: 'DATA' | 'INPUT' | 'GAP'; header: object; body: Buffer }): Buffer {
  return encodeFrame(each.name, each.header as never, each.body);
}

const decoded = (frames: ReturnType<FrameDecoder['push']>) =>
  frames.map(({ name, header, body }) => ({ name, header, body: Buffer.from(body) }));

describe('frames', () => {
  it('come out as they went in, whatever the cuts', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), fc.array(fc.nat()), (frames, cuts) => {
        const stream = Buffer.concat(frames.map(encode));
        const decoder = new FrameDecoder();
        const points = [
          0,
          ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b),
          stream.length,
        ];
        const out = points
          .slice(1)
          .flatMap((end, index) => decoder.push(stream.subarray(points[index], end)));
        expect(decoded(out)).toEqual(frames);
      }),
      { numRuns: 300 },
    );
  });

  it('come out of every single split, and of single bytes', () => {
    const stream = Buffer.concat([
      encodeFrame('DATA', { off: 2 ** 53 - 1 }, Buffer.from('→ bytes')),
      encodeFrame('ACK', { off: 7 }),
    ]);
    const whole = decoded(new FrameDecoder().push(stream));
    expect(whole).toHaveLength(2);
    for (let at = 0; at <= stream.length; at += 1) {
      const decoder = new FrameDecoder();
      expect(
        decoded([...decoder.push(stream.subarray(0, at)), ...decoder.push(stream.subarray(at))]),
      ).toEqual(whole);
    }
    const slow = new FrameDecoder();
    expect(decoded([...stream].flatMap((byte) => slow.push(Buffer.from([byte]))))).toEqual(whole);
  });

  it('are refused by their length alone when too large or too small', () => {
    for (const length of [MAX_FRAME_BYTES + 1, 0xffffffff, 0, 3]) {
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32BE(length);
      expect(() => new FrameDecoder().push(prefix)).toThrow(FrameError);
    }
  });

  it('are refused with a header that overruns the frame or is not JSON', () => {
    const head = encodeHead('ACK', { off: 1 }, { bodyLength: 0 });
    const overrun = Buffer.from(head);
    overrun.writeUInt16BE(60_000, 6);
    const broken = Buffer.from(head);
    broken[8] = 0x21;
    for (const bytes of [overrun, broken]) expect(() => new FrameDecoder().push(bytes)).toThrow(FrameError);
  });

  it('never hang or crash on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          new FrameDecoder().push(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });

  it('of an unknown type are passed on without a name', () => {
    const bytes = encodeFrame('ACK', { off: 1 });
    bytes[5] = 250;
    expect(new FrameDecoder().push(bytes)[0]?.name).toBeNull();
  });

  it('have one number and one schema for every name, and the size limits of the protocol', () => {
    expect(Object.keys(FRAME_TYPE).sort()).toEqual(Object.keys(keeperHeaders).sort());
    expect(new Set(Object.values(FRAME_TYPE)).size).toBe(Object.keys(FRAME_TYPE).length);
    expect(SIZE_LIMITS).toEqual(terminalLimits);
  });
});
