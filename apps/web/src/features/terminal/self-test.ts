// Compares what the browser shows with what the host's own emulator shows, at the same byte.
import type { TerminalGrid } from '@roundhouse/protocol';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import type { TerminalStream } from './terminal-stream.js';

/** What one emulator shows. */
export type Grid = Omit<TerminalGrid, 'epoch' | 'offset'>;

export interface Difference {
  /** Rows that differ, from 1. */
  readonly rows: readonly number[];
  readonly cursor: boolean;
  readonly size: boolean;
  readonly buffer: boolean;
}

export type Verdict =
  | { readonly same: true; readonly offset: number }
  | { readonly same: false; readonly offset: number; readonly difference: Difference };

export type TestedStream = Pick<TerminalStream, 'state' | 'stats' | 'hold' | 'hostGrid' | 'until'>;

/** Attempts, as a new screen, size or life of the session may come between the question and the answer. */
const ATTEMPTS = 4;
/** Longest wait for the bytes up to the host's answer. */
const CATCH_UP_MS = 8000;

/** @throws ApiError */
export async function selfTest(stream: TestedStream, grid: () => Grid): Promise<Verdict> {
  try {
    for (let attempt = 1; ; attempt += 1) {
      const verdict = await compareOnce(stream, grid);
      const settled = verdict && (verdict.same || !verdict.difference.size);
      if (settled || (verdict && attempt === ATTEMPTS)) return verdict;
      if (attempt === ATTEMPTS) throw moved();
      stream.hold(null);
    }
  } finally {
    stream.hold(null);
  }
}

/** Null when the ground moved meanwhile. */
async function compareOnce(stream: TestedStream, grid: () => Grid): Promise<Verdict | null> {
  if (stream.state.get().phase !== 'live') throw notLive();
  const before = stream.stats();
  const { epoch } = stream.state.get();
  stream.hold(before.written);
  const host = await stream.hostGrid(before.written);
  if (host.epoch !== epoch || host.offset < before.written) return null;
  stream.hold(host.offset);
  const moves = (): boolean =>
    stream.stats().snapshots !== before.snapshots || stream.state.get().epoch !== epoch;
  await stream.until(() => stream.stats().parsed >= host.offset || moves(), CATCH_UP_MS);
  if (moves()) return null;
  const difference = differenceOf(grid(), host);
  return difference ? { same: false, offset: host.offset, difference } : { same: true, offset: host.offset };
}

/** Null when both show the same. */
function differenceOf(mine: Grid, host: Grid): Difference | null {
  const rows = Array.from({ length: Math.max(mine.rows, host.rows) }, (_, row) => row + 1).filter(
    (row) => mine.digests[row - 1] !== host.digests[row - 1],
  );
  const difference = {
    rows,
    cursor: mine.cursorX !== host.cursorX || mine.cursorY !== host.cursorY,
    size: mine.cols !== host.cols || mine.rows !== host.rows,
    buffer: mine.alternate !== host.alternate,
  };
  const { cursor, size, buffer } = difference;
  return rows.length > 0 || cursor || size || buffer ? difference : null;
}

const moved = (): ApiError =>
  new ApiError('ABORTED', { message: t('terminal.testMoved'), hint: t('terminal.testMovedHint') });
const notLive = (): ApiError =>
  new ApiError('OFFLINE', { message: t('terminal.testNotLive'), hint: t('terminal.testNotLiveHint') });
