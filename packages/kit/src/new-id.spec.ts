import { describe, expect, it } from 'vitest';
import { hashSecret, newId, newSecret, sameDigest } from './new-id.js';

describe('ids and secrets', () => {
  it('are fresh, and have the form that the wire asks for', () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(newSecret()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set(Array.from({ length: 100 }, newSecret)).size).toBe(100);
  });

  it('are compared by digest; nothing equals nothing', () => {
    const digest = hashSecret('open sesame');
    expect(sameDigest(digest, hashSecret('open sesame'))).toBe(true);
    expect(sameDigest(digest, hashSecret('open sesame!'))).toBe(false);
    for (const wrong of ['', digest.slice(2), `${digest}00`, 'not hex'])
      expect(sameDigest(digest, wrong)).toBe(false);
    expect(sameDigest('', '')).toBe(false);
  });
});
