import { describe, expect, it } from 'vitest';
import { requireGoodPassword } from './password-rules.js';

describe('password rules', () => {
  it.each(['password12345', 'aaaaaaaaaaaaaa', 'qwertyuiop123', 'ada-is-the-best-ever', 'roundhouse1234'])(
    'refuse %s and say why',
    (password) => {
      expect(() => {
        requireGoodPassword(password, 'Ada');
      }).toThrow(
        expect.objectContaining({
          code: 'PASSWORD_WEAK',
          fields: [expect.objectContaining({ field: 'password' })],
        }),
      );
    },
  );

  it('take several random words', () => {
    expect(() => {
      requireGoodPassword('quartz-lantern-otter-19', 'ada');
    }).not.toThrow();
  });
});
