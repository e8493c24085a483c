import { describe, expect, it } from 'vitest';
import { csvLines, dollars } from './csv.js';

describe('CSV', () => {
  it('is quoted as RFC 4180 says, and holds no formula', () => {
    const rows = [
      ['=HYPERLINK("http://evil")', 'a,b', 'say "hi"', 'two\nlines'],
      ['+1', '-1', '@x', '\tx'],
      [-5, 0.5, null, ''],
    ];
    expect([...csvLines(['a', 'b', 'c', 'd'], rows)].join('')).toBe(
      [
        'a,b,c,d',
        '"\'=HYPERLINK(""http://evil"")","a,b","say ""hi""","two\nlines"',
        "'+1,'-1,'@x,'\tx",
        '-5,0.5,,',
        '',
      ].join('\r\n'),
    );
  });

  it('has dollars to the nano-dollar', () => {
    expect([0, 1, 61_950_000, 1_000_000_000, 12_345_678_901].map(dollars)).toEqual([
      ...['0', '0.000000001', '0.06195', '1', '12.345678901'],
    ]);
  });
});
