// Where a viewer begins: at a byte that it asks for, or at the screen of the host.
import {
  AppError,
  snapshotScrollbackLines,
  type PayloadOf,
  type TerminalSnapshot,
  type UiEvents,
} from '@roundhouse/protocol';
import { isLess, resyncRules, wishOf } from './resync-rules.js';
import type { SessionStream } from './session-stream.js';
import type { ViewerWishes } from './viewer.js';

export interface Place {
  /** First byte that will follow. */
  readonly start: number;
  /** Bytes before it that were asked for and are gone. */
  readonly gap: { readonly from: number; readonly to: number } | null;
  /** The screen before it; null: only the bytes. */
  readonly snapshot: TerminalSnapshot | null;
  readonly wishes: ViewerWishes;
}

type Attach = PayloadOf<UiEvents['session.attach']>;

/** @throws AppError OFFSET_INVALID */
export async function placeOf(request: Attach, stream: SessionStream): Promise<Place> {
  const { epoch } = stream;
  const sameEpoch = request.epoch === undefined || request.epoch === epoch;
  const asked = sameEpoch ? (request.fromOffset ?? 0) : 0;
  if (asked > stream.reached) {
    throw new AppError('OFFSET_INVALID', { message: `The output ends at ${String(stream.reached)}` });
  }
  const rule = resyncRules[wishOf(request, sameEpoch)];
  const wishes = { rule, scrollback: request.scrollback ?? snapshotScrollbackLines };
  const snapshot = await betterThan(asked, stream, wishes);
  // Asked for one life, answered for another: what was worked out here holds for neither.
  if (stream.epoch !== epoch) return placeOf({ ...request, fromOffset: undefined }, stream);
  if (snapshot) return { start: snapshot.offset, gap: null, snapshot, wishes };
  const start = Math.max(asked, stream.oldest);
  return { start, gap: asked < start ? { from: asked, to: start } : null, snapshot: null, wishes };
}

/** The screen, when it brings the viewer there with less than the bytes from `asked`, or when some of those are gone. */
async function betterThan(
  asked: number,
  stream: SessionStream,
  { rule, scrollback }: ViewerWishes,
): Promise<TerminalSnapshot | null> {
  const hasGap = asked < stream.oldest && rule.atAttach !== Infinity;
  if (!hasGap && stream.head - asked <= rule.atAttach) return null;
  const snapshot = await stream.screen(scrollback);
  if (!snapshot) return null;
  const isWhole = hasGap && snapshot.offset >= stream.oldest;
  return isWhole || isLess(snapshot, asked, stream.head) ? snapshot : null;
}
