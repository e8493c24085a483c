// What title and screen say together: both are current, so of them rank decides alone, not age. Pure.
import type { Reading } from './decide.js';
import { screenGlanceMs, screenSettleMs, titleSettleMs } from './settle.js';
import type { Signal, Slots } from './signal.js';

export function readingOf({ title, screen }: Slots): Reading | null {
  const found = title ? ofTitle(title, screen) : screen && ofScreen(screen);
  return found && found.kinds.length > 0 ? found : null;
}

function ofScreen({ kinds, at }: Signal): Reading {
  const clear = kinds.length === 1 && kinds[0] === 'waiting';
  return { kinds, at, settleMs: screenSettleMs, glanceMs: screenGlanceMs, from: 'screen', clear };
}

/** The screen tells which of the title's kinds it is; one that contradicts the title is not believed. */
function ofTitle(title: Signal, screen: Signal | undefined): Reading {
  const shared = title.kinds.filter((kind) => screen?.kinds.includes(kind));
  if (!screen || shared.length === 0) {
    const clear = title.kinds.length === 1;
    // The screen may soon tell which of several it is.
    const glanceMs = clear ? 0 : screenSettleMs;
    return { kinds: title.kinds, at: title.at, settleMs: titleSettleMs, glanceMs, from: 'title', clear };
  }
  const narrowed = shared.length < title.kinds.length;
  // A screen that only agrees, and later, is no newer sign: it lags behind.
  return {
    ...{ kinds: shared, at: narrowed ? Math.max(title.at, screen.at) : title.at, from: 'title' },
    settleMs: narrowed ? screenSettleMs : titleSettleMs,
    // A screen from before the title may be that of a moment ago.
    glanceMs: narrowed && screen.at < title.at ? titleSettleMs : 0,
    clear: shared.length === 1 && (!narrowed || shared[0] === 'waiting'),
  };
}
