// What title and screen say together: both are current, so of them rank decides alone, not age. Pure.
import type { Reading } from './decide.js';
import { screenSettleMs, titleSettleMs } from './settle.js';
import { sameAsk, sameKinds, type Signal, type Slots } from './signal.js';

/** @param before the one until now, whose age is kept while it means the same */
export function readingOf({ title, screen }: Slots, before: Reading | null): Reading | null {
  const found = title ? ofTitle(title, screen) : screen && ofScreen(screen);
  if (!found || found.kinds.length === 0) return null;
  const same = before !== null && sameKinds(before.kinds, found.kinds) && sameAsk(before.ask, found.ask);
  return same ? { ...found, at: before.at } : found;
}

function ofScreen({ kinds, ask, at }: Signal): Reading {
  const clear = kinds.length === 1 && kinds[0] === 'waiting';
  return { kinds, ask, at, settleMs: screenSettleMs, from: 'screen', clear };
}

/** The screen tells which of the title's kinds it is; one that contradicts the title is not believed. */
function ofTitle(title: Signal, screen: Signal | undefined): Reading {
  const shared = title.kinds.filter((kind) => screen?.kinds.includes(kind));
  if (!screen || shared.length === 0) {
    const clear = title.kinds.length === 1;
    return { kinds: title.kinds, ask: null, at: title.at, settleMs: titleSettleMs, from: 'title', clear };
  }
  const narrowed = shared.length < title.kinds.length;
  return {
    ...{ kinds: shared, ask: screen.ask, at: narrowed ? Math.max(title.at, screen.at) : title.at },
    settleMs: narrowed ? screenSettleMs : titleSettleMs,
    from: 'title',
    clear: shared.length === 1 && (!narrowed || shared[0] === 'waiting'),
  };
}
