// When a settings file is read again: once for each change, and not before it has come to rest.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '../clock.js';
import { SettingsWatch } from './settings-watch.js';

const second = 1_000;

it('tells once, when the file has come to rest', () => {
  const clock = new ManualClock();
  let seen = 'none';
  let told = 0;
  const watch = new SettingsWatch({ places: ['/f'], clock, look: () => seen, onChanged: () => (told += 1) });
  clock.advance(5 * second);
  expect(told).toBe(0);
  seen = '1';
  clock.advance(second);
  seen = '2';
  clock.advance(second);
  expect(told).toBe(0);
  clock.advance(second);
  expect(told).toBe(1);
  clock.advance(9 * second);
  expect(told).toBe(1);
  seen = 'none';
  clock.advance(2 * second);
  expect(told).toBe(2);
  watch.dispose();
  seen = '3';
  clock.advance(5 * second);
  expect(told).toBe(2);
});

it('F:O3 sees a file that comes, and one that takes its place', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'rh-watch-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  const file = path.join(dir, 'roundhouse.yaml');
  const clock = new ManualClock();
  let told = 0;
  const watch = new SettingsWatch({ places: [file], clock, onChanged: () => (told += 1) });
  writeFileSync(file, 'a');
  clock.advance(2 * second);
  expect(told).toBe(1);
  writeFileSync(`${file}.new`, 'b');
  renameSync(`${file}.new`, file);
  clock.advance(2 * second);
  expect(told).toBe(2);
  watch.dispose();
});
