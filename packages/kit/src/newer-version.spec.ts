import { describe, expect, it } from 'vitest';
import { isNewerVersion, parseVersion } from './newer-version.js';

describe('isNewerVersion', () => {
  it.each([
    ['0.2.0', '0.1.0', true],
    ['v0.1.10', '0.1.9', true],
    ['1.0.0', '0.99.99', true],
    ['0.1.0', '0.1.0', false],
    ['0.1.0+2', '0.1.0+1', false],
    ['0.0.9', '0.1.0', false],
    ['0.2.0-rc.1', '0.1.0', false],
    ['0.2.0', '0.2.0-rc.1', true],
    ['latest', '0.1.0', false],
  ])('%s than %s: %s', (candidate, than, newer) => {
    expect(isNewerVersion(candidate, than)).toBe(newer);
  });

  it('reads a version as people write it', () => {
    expect(['v1.2.3', ' 1.2.3-rc.1+5 ', '1.2', '<b>'].map(parseVersion)).toEqual([
      '1.2.3',
      '1.2.3-rc.1',
      null,
      null,
    ]);
  });
});
