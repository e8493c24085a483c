// When a viewer gets a screen instead of the bytes that it lacks. Pure.
import { outputChunkBytes, viewerWindowBytes, type PayloadOf, type UiEvents } from '@roundhouse/protocol';
import { ringBytes } from './byte-ring.js';

/** So few bytes are there before a host could draw a screen. */
const quickBytes = outputChunkBytes;
/** What somebody who says where they are may lack before it counts as too much: a second of a flood. */
const patientBytes = 8 * 1024 * 1024;

/** Bytes that a viewer may lack, above which it gets a screen if that is less. */
export interface ResyncRule {
  readonly atAttach: number;
  /** For one that did not acknowledge for a while. */
  readonly stalled: number;
  /** For one that reads steadily. */
  readonly steady: number;
}

/** `present`: nothing was said, which is what a page does; `bytes`: nothing but an offset, as a script does. */
export type Wish = 'exact' | 'screen' | 'present' | 'bytes';

export const resyncRules: Readonly<Record<Wish, ResyncRule>> = {
  exact: { atAttach: Infinity, stalled: Infinity, steady: Infinity },
  screen: { atAttach: quickBytes, stalled: viewerWindowBytes, steady: ringBytes },
  present: { atAttach: quickBytes, stalled: viewerWindowBytes, steady: patientBytes },
  bytes: { atAttach: patientBytes, stalled: patientBytes, steady: patientBytes },
};

/** @param sameEpoch whether the offset in the request is of the present life */
export function wishOf(request: PayloadOf<UiEvents['session.attach']>, sameEpoch: boolean): Wish {
  if (request.prefer) return request.prefer;
  return sameEpoch && request.fromOffset !== undefined ? 'bytes' : 'present';
}

/** Whether the screen and the bytes after it are less than all the bytes from `from`. */
export function isLess(
  snapshot: { readonly offset: number; readonly data: Uint8Array },
  from: number,
  head: number,
): boolean {
  if (snapshot.offset < from) return false;
  return snapshot.data.byteLength + Math.max(0, head - snapshot.offset) < head - from;
}
