import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newApiToken, parseApiToken } from './api-token.js';

describe('an API token', () => {
  it('is read back', () => {
    const id = randomUUID();
    const { text, secret } = newApiToken(id);
    expect(text).toMatch(/^rh_[0-9a-f]{32}_[A-Za-z0-9_-]{51}$/);
    expect(parseApiToken(text)).toEqual({ id, secret });
  });

  it('is refused with one character changed, cut, or added', () => {
    const { text } = newApiToken(randomUUID());
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'abcXYZ019_-'), (at, letter) => {
        const changed = text.slice(0, at) + letter + text.slice(at + 1);
        if (changed !== text) expect(parseApiToken(changed)).toBeNull();
        expect(parseApiToken(text.slice(0, at))).toBeNull();
        expect(parseApiToken(text + letter)).toBeNull();
      }),
    );
    fc.assert(fc.property(fc.string(), (any) => parseApiToken(any) === null));
  });
});
