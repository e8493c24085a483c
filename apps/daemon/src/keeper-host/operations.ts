// What a keeper host does when it is asked: starts keepers, and tells what there is where agents run.
import path from 'node:path';
import { systemClock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { z } from 'zod';
import { ownPrograms } from '../inventory/programs.js';
import { launchKeeper } from '../keeper/launch-keeper.js';
import { readCgroupRoom } from '../sessions/cgroup-room.js';
import {
  findOperation,
  requireOperation,
  roomOperation,
  startOperation,
  versionOperation,
  type Operation,
} from './wire.js';

export interface OperationContext {
  readonly stateDir: string;
  /** The daemon gave it up. */
  readonly signal: AbortSignal;
}

/** @throws AppError VALIDATION_FAILED for a request of the wrong form, and what the work itself throws */
export type Answerer = (ask: unknown, context: OperationContext) => Promise<unknown>;

function answer<A extends z.ZodType, R extends z.ZodType>(
  { name, ask }: Operation<A, R>,
  run: (asked: z.output<A>, context: OperationContext) => Promise<z.input<R>>,
): [string, Answerer] {
  return [
    name,
    (raw, context) => {
      const parsed = ask.safeParse(raw);
      if (parsed.success) return run(parsed.data, context);
      const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
      throw new AppError('VALIDATION_FAILED', { message: `${name}: wrong ${fields}` });
    },
  ];
}

export const answerers: ReadonlyMap<string, Answerer> = new Map([
  answer(startOperation, async ({ build, dir, spec }, { stateDir, signal }) => {
    requireInside(path.join(stateDir, 'sessions'), dir);
    const entry = path.join(stateDir, 'keepers', build, 'keeper.mjs');
    return { text: await launchKeeper({ keeper: { entry, build }, dir, spec }, signal) };
  }),
  answer(findOperation, ({ program, path: searched }) => ownPrograms.find(program, searched)),
  answer(requireOperation, async (asked) => {
    await ownPrograms.require(asked);
    return null;
  }),
  answer(versionOperation, (asked, { signal }) =>
    ownPrograms.version({ ...asked, clock: systemClock, signal }),
  ),
  answer(roomOperation, () => readCgroupRoom()),
]);

function requireInside(root: string, dir: string): void {
  const below = path.relative(root, dir);
  if (below !== '' && !below.startsWith('..') && !path.isAbsolute(below)) return;
  throw new AppError('VALIDATION_FAILED', { message: `${dir} is no directory of a session` });
}
