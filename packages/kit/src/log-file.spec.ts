import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile } from './log-file.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'rh-log-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});
const text = (name: string): string => readFileSync(path.join(dir, 'logs', name), 'utf8');
const open = (keep: number): LogFile =>
  new LogFile({ file: path.join(dir, 'logs', 'hub.log'), maxBytes: 20, keep });

describe('a log file', () => {
  it('is turned over before it grows beyond its size, and keeps so many old ones', () => {
    const log = open(2);
    for (let line = 1; line <= 7; line += 1) log.write(`line ${String(line)} ..\n`);
    log.close();
    expect(readdirSync(path.join(dir, 'logs')).sort()).toEqual(['hub.log', 'hub.log.1', 'hub.log.2']);
    expect([text('hub.log'), text('hub.log.1'), text('hub.log.2')]).toEqual([
      ...['line 7 ..\n', 'line 5 ..\nline 6 ..\n', 'line 3 ..\nline 4 ..\n'],
    ]);
    expect(statSync(path.join(dir, 'logs', 'hub.log')).mode & 0o777).toBe(0o600);
  });

  it('says what is wrong when it cannot be opened', () => {
    expect(() => new LogFile({ file: dir, maxBytes: 20, keep: 1 })).toThrow(/ROUNDHOUSE_LOG_FILE: .*EISDIR/);
  });

  it('goes on where an earlier start ended, and takes a line that is larger than it', () => {
    const first = open(0);
    first.write('12345678901234\n');
    first.close();
    const second = open(0);
    second.write('abcdefgh\n');
    expect(text('hub.log')).toBe('abcdefgh\n');
    second.write(`${'x'.repeat(50)}\n`);
    expect(text('hub.log')).toHaveLength(51);
    second.close();
    expect(readdirSync(path.join(dir, 'logs'))).toEqual(['hub.log']);
  });
});
