// What title and screen say together: both are current, so of them rank decides alone, not age. Pure.
import type { Reading } from './decide.js';
import { screenSettleMs, titleSettleMs } from './settle.js';
import type { Signal, Slots } from './signal.js';

export function readingOf({ title, screen }: Slots): Reading | null {
  const found = title ? ofTitle(title, screen) : screen && ofScreen(screen);
  return found && found.kinds.length > 0 ? found : null;
}

function ofScreen({ kinds, at }: Signal): Reading {
  const clear = kinds.length === 1 && kinds[0] === 'waiting';
  return { kinds, at, settleMs: screenSettleMs, from: 'screen', clear };
}

/** The screen tells which of the title's kinds it is; one that contradicts the title is not believed. */
function ofTitle(title: Signal, screen: Signal | undefined): Reading {
  const shared = title.kinds.filter((kind) => screen?.kinds.includes(kind));
  if (!screen || shared.length === 0) {
    const clear = title.kinds.length === 1;
    return { kinds: title.kinds, at: title.at, settleMs: titleSettleMs, from: 'title', clear };
  }
  const narrowed = shared.length < title.kinds.length;
  const byScreen = narrowed || screen.at > title.at;
  return {
    ...{ kinds: shared, at: Math.max(title.at, screen.at), from: 'title' },
    settleMs: byScreen ? screenSettleMs : titleSettleMs,
    clear: shared.length === 1 && (!narrowed || shared[0] === 'waiting'),
  };
}
