import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daemonEvents } from './events/daemon.js';
import { uiEvents } from './events/ui.js';
import { knownGood } from './known-good.js';
import { inputChunkBytes, outputChunkBytes } from './model/terminal.js';

const schemas = {
  'session.ack': uiEvents['session.ack'].payload,
  'session.input': uiEvents['session.input'].payload,
  'terminal.output': daemonEvents['terminal.output'].payload,
  'terminal.input': daemonEvents['terminal.input'].payload,
  'terminal.ack': daemonEvents['terminal.ack'].payload,
} as const;
const names = Object.keys(schemas) as (keyof typeof schemas)[];
const usual = {
  sessionId: randomUUID(),
  epoch: 1,
  offset: 7,
  seq: 1,
  sentMs: 0.5,
  client: 'a.b',
  data: Buffer.from('hi'),
};

const number = fc.oneof(
  fc.maxSafeNat(),
  fc.constantFrom(-1, 0, -0, 0.5, NaN, Infinity, 2 ** 53, '1', null, undefined, 1n),
);
const payload = fc.oneof(
  fc.record(
    {
      sessionId: fc.oneof(
        fc.uuid(),
        fc.string(),
        fc.uuid().map((id) => `${id}\n`),
        fc.constant(null),
      ),
      epoch: number,
      offset: number,
      seq: number,
      sentMs: number,
      client: fc.oneof(fc.string(), fc.string({ minLength: 90, maxLength: 110 }), fc.anything()),
      data: fc.oneof(
        fc.uint8Array(),
        fc.uint8Array().map((bytes) => bytes.buffer),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('a'.repeat(inputChunkBytes), '\u20ac'.repeat(inputChunkBytes / 3 + 1)),
        fc
          .constantFrom(outputChunkBytes, outputChunkBytes + 1, inputChunkBytes, inputChunkBytes + 1)
          .map((size) => Buffer.alloc(size)),
        fc.anything(),
      ),
      more: fc.anything(),
    },
    { requiredKeys: [] },
  ),
  fc.anything(),
);

describe('a payload that is taken without its schema', () => {
  it('is one that the schema takes, and stays what the schema makes of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), payload, (name, value) => {
        const quick = knownGood(name, value);
        const { success, data } = schemas[name].safeParse(value);
        if (quick !== null) expect({ success, data }).toEqual({ success: true, data: quick });
      }),
      { numRuns: 2_000 },
    );
  });

  it('is every usual one', () => {
    for (const name of names) {
      expect(knownGood(name, usual)).toEqual(schemas[name].parse(usual));
      fc.assert(
        fc.property(fc.uuid(), fc.integer({ min: 1 }), fc.maxSafeNat(), (sessionId, epoch, offset) => {
          expect(knownGood(name, { ...usual, sessionId, epoch, offset })).not.toBeNull();
        }),
        { endOnFailure: true },
      );
    }
    expect(knownGood('session.attach', usual)).toBeNull();
    expect(knownGood('constructor', usual)).toBeNull();
  });
});
