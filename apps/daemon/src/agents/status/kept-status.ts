// What is kept of an agent's state for the next daemon: what was said, not what is visible, which it sees itself.
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  activityKindSchema,
  activitySchema,
  activitySourceSchema,
  askSchema,
  epochSchema,
  waitsForSchema,
} from '@roundhouse/protocol';
import { z } from 'zod';
import { readJsonFile } from '../../state/json-file.js';
import { nothingKnown, type Now, type StatusState } from './reduce.js';
import { isReading, type Signal } from './signal.js';

const keptSchema = z.object({
  version: z.literal(1),
  epoch: epochSchema,
  /** Wall time in milliseconds; ages are from then on. */
  savedAt: z.number(),
  activity: activitySchema.nullable(),
  /** Statements older than this were refuted; null when none was. */
  spentMs: z.number().nullable(),
  said: z
    .array(
      z.object({
        source: activitySourceSchema,
        kinds: z.array(activityKindSchema).min(1),
        waitsFor: waitsForSchema.nullable(),
        ask: askSchema.nullable(),
        until: z.string().nullable(),
        why: z.string(),
        ageMs: z.number().nonnegative(),
      }),
    )
    .max(10),
});
type Kept = z.infer<typeof keptSchema>;

const fileOf = (dir: string): string => path.join(dir, 'activity.json');

/** Null when nothing is kept of this epoch. @throws the error of the system */
export async function readStatus(dir: string, epoch: number, now: Now): Promise<StatusState | null> {
  const kept = await readJsonFile(fileOf(dir), keptSchema);
  return kept?.epoch === epoch ? restored(kept, now) : null;
}

/**
 * Not flushed: a state that is lost comes back with the next sign. Synchronous: into memory, a few times a second; four
 * trips to other threads would cost ten times as much. @throws the error of the system
 */
export function writeStatus(dir: string, epoch: number, state: StatusState, now: Now): void {
  const file = fileOf(dir);
  writeFileSync(`${file}.new`, JSON.stringify(keptOf(epoch, state, now)), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function keptOf(epoch: number, { slots, activity, spentTo }: StatusState, now: Now): Kept {
  const said = Object.values(slots).filter(({ source }) => !isReading(source));
  return {
    ...{ version: 1, epoch, savedAt: now.wall, activity },
    spentMs: Number.isFinite(spentTo) ? now.monotonic - spentTo : null,
    said: said.map(({ at, kinds, ...rest }) => ({
      ...rest,
      kinds: [...kinds],
      ageMs: Math.max(0, now.monotonic - at),
    })),
  };
}

function restored({ savedAt, activity, spentMs, said }: Kept, now: Now): StatusState {
  // A wall clock that was set back must not make what was said come later than now.
  const sinceThen = Math.max(0, now.wall - savedAt);
  const signals = said.map(({ ageMs, ...rest }): Signal => ({
    ...rest,
    at: now.monotonic - sinceThen - ageMs,
  }));
  // What was only visible may have gone while nobody looked; it is seen again at once if not.
  const known = activity?.source && isReading(activity.source) ? null : activity;
  return {
    ...nothingKnown,
    activity: known,
    before: known?.kind ?? null,
    slots: Object.fromEntries(signals.map((signal) => [signal.source, signal])),
    spentTo: spentMs === null ? nothingKnown.spentTo : now.monotonic - sinceThen - spentMs,
  };
}
