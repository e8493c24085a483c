import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.js';

describe('a cursor', () => {
  it('is read as it was written', () => {
    const createdAt = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2100-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.record({ createdAt, id: fc.uuid() }), (cursor) => {
        expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor);
      }),
    );
  });

  it('that is not one is refused by name', () => {
    const refused = (text: string): void => {
      expect(() => decodeCursor(text)).toThrow(
        expect.objectContaining({
          code: 'VALIDATION_FAILED',
          fields: [expect.objectContaining({ field: 'cursor' })],
        }),
      );
    };
    fc.assert(fc.property(fc.string(), refused));
    for (const value of [null, [], ['2026-01-01', 'x'], { id: 1 }])
      refused(Buffer.from(JSON.stringify(value)).toString('base64url'));
  });
});
