// Compares what a session of Roundhouse left in a home with what the agent alone leaves there.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@playwright/test';
import { difference, plainName, snapshotOf, type Snapshot } from './home-snapshot.js';

export interface HomeCheck {
  readonly home: string;
  /** The home before the agent was started. */
  readonly before: Snapshot;
  /** A home of the same seed, after the agent ran without Roundhouse. */
  readonly control: string;
  readonly stateDir: string;
  /** The agent's records: they may name what ran in them. */
  readonly records: RegExp;
  /** Files of the agent's own that it does not leave at each run. */
  readonly sometimes: RegExp;
}

export function checkHome({ home, before, control, stateDir, records, sometimes }: HomeCheck): void {
  const alone = snapshotOf(control);
  const { made, changed } = difference(before, snapshotOf(home));
  const known = new Set([...alone.keys()].map(plainName));
  const strange = made.filter((file) => !known.has(plainName(file)) && !sometimes.test(file));
  expect(strange).toEqual([]);
  // What the agent alone leaves as it was, it leaves here.
  const own = changed.filter((file) => alone.get(file)?.sha256 === before.get(file)?.sha256);
  expect(own).toEqual([]);
  const marks = [stateDir, 'ROUNDHOUSE', 'roundhouse-token', 'roundhouse.session'];
  const others = [...made, ...changed].filter((file) => !records.test(file));
  const marked = others.filter((file) => {
    const text = readFileSync(path.join(home, file), 'latin1');
    return marks.some((mark) => text.includes(mark));
  });
  expect(marked).toEqual([]);
}
