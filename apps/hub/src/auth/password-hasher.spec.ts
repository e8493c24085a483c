import { describe, expect, it } from 'vitest';
import { PasswordHasher } from './password-hasher.js';

describe('the password hasher', () => {
  it('uses Argon2id, and its pepper', async () => {
    const hasher = new PasswordHasher(Buffer.alloc(32, 1));
    const stored = await hasher.hash('a good password');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    expect(await hasher.verify(stored, 'a good password')).toBe(true);
    expect(await hasher.verify(stored, 'another')).toBe(false);
    expect(await new PasswordHasher(Buffer.alloc(32, 2)).verify(stored, 'a good password')).toBe(false);
  });

  it('says no for an unknown user, and takes the time of a hash for it (R:A5)', async () => {
    const hasher = new PasswordHasher(Buffer.alloc(32));
    expect(await hasher.verify(null, 'x')).toBe(false);
    const again = hasher.verify(null, 'x');
    await new Promise(setImmediate);
    expect(hasher.running).toBe(1);
    expect(await again).toBe(false);
  });

  it('hashes at most four at once (R:A14)', async () => {
    const hasher = new PasswordHasher(Buffer.alloc(32));
    let most = 0;
    const all = Array.from({ length: 10 }, () =>
      hasher.hash('x').then(() => (most = Math.max(most, hasher.running))),
    );
    most = Math.max(most, hasher.running);
    await Promise.all(all);
    expect(most).toBe(4);
    expect(hasher.running).toBe(0);
  });
});
