import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJoinToken, parseJoinToken } from './join-token.js';

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const secret = fc.string({ unit: fc.constantFrom(...base64url), minLength: 43, maxLength: 43 });
const token = fc.record({ id: fc.uuid(), secret, hubKey: secret, ca: fc.option(secret) });

describe('a join token', () => {
  it('is read as it was written, with what copying adds round it', () => {
    fc.assert(
      fc.property(token, (parts) => {
        expect(parseJoinToken(` ${formatJoinToken(parts)}\n`)).toEqual(parts);
      }),
    );
  });

  it('is refused when it is garbage or cut off, without repeating it', () => {
    const refused = (text: string): void => {
      expect(() => parseJoinToken(text)).toThrow(
        expect.objectContaining({
          code: 'JOIN_TOKEN_INVALID',
          message: 'That is not a join token: copy the whole of it',
        }),
      );
    };
    fc.assert(fc.property(fc.string(), refused));
    fc.assert(
      fc.property(token, fc.nat(), (parts, cut) => {
        const text = formatJoinToken({ ...parts, ca: null });
        refused(text.slice(0, cut % text.length));
        refused(`${text}x`);
      }),
    );
  });
});
