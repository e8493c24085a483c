// What a clipboard may not bring along, and when lines would run by themselves.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanPaste, needsWarning } from './paste.js';

describe('cleanPaste', () => {
  it.each([
    ['ls\u001b[201~\rrm -rf /', 'ls\rrm -rf /'],
    ['a\u009b201~b', 'ab'],
    ['\u001b\u001b[201~[201~x', '[201~x'],
    ['tab\tand\nlines\r\n', 'tab\tand\nlines\r\n'],
    ['bell\u0007 del\u007f nel\u0085', 'bell del nel'],
    ['日本語 👩‍👩‍👧', '日本語 👩‍👩‍👧'],
  ])('%j becomes %j', (raw, clean) => {
    expect(cleanPaste(raw).text).toBe(clean);
    expect(cleanPaste(raw).cleaned).toBe(raw !== clean);
  });

  it('never lets an escape or a C1 control through', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\u001b', '[', '2', '0', '1', '~', '\u009b', 'a', '\n'),
    });
    fc.assert(
      fc.property(nasty, (raw) => {
        // eslint-disable-next-line no-control-regex -- control characters are what must be gone
        expect(cleanPaste(raw).text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('warns of line ends unless the program takes whole pastes', () => {
    expect(cleanPaste('a\nb\n').lines).toBe(2);
    expect(needsWarning(cleanPaste('a\nb'), false)).toBe(true);
    expect(needsWarning(cleanPaste('a\n'), false)).toBe(true);
    expect(needsWarning(cleanPaste('a\nb'), true)).toBe(false);
    expect(needsWarning(cleanPaste('a'), false)).toBe(false);
  });
});
