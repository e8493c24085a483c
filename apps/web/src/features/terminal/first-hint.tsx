// Said once per browser, at the first focus: every key is the agent's but one.
import { useEffect, useMemo, useState } from 'react';
import { t } from '../../lib/i18n/t.js';

const KEY = 'roundhouse.f6-hint';
/** Long enough to read one line twice. */
const SHOWN_MS = 8000;

function hintWasShown(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // storage is blocked
  }
}

export interface Hint {
  readonly shown: boolean;
  readonly begin: () => void;
  readonly end: () => void;
}

/** Shown at the first focus, unless `wanted` is false. */
export function useHint(wanted: boolean): Hint {
  const [phase, setPhase] = useState<'unseen' | 'shown' | 'seen'>(() => (hintWasShown() ? 'seen' : 'unseen'));
  return useMemo(
    () => ({
      shown: phase === 'shown',
      begin: () => setPhase((now) => (now === 'unseen' && wanted ? 'shown' : now)),
      end: () => setPhase('seen'),
    }),
    [phase, wanted],
  );
}

export function FirstHint({ onEnd }: { onEnd: () => void }) {
  useEffect(() => {
    try {
      localStorage.setItem(KEY, '1');
    } catch {
      // storage is blocked: it is said again next time
    }
    const timer = setTimeout(onEnd, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [onEnd]);
  return (
    <p
      role="status"
      className="absolute top-3 left-1/2 z-10 w-max max-w-[calc(100%-32px)] -translate-x-1/2 rounded-md bg-popover px-3 py-1.5 text-12 text-text-2 shadow-overlay"
    >
      {t('terminal.f6Hint', { key: 'F6' })}
    </p>
  );
}
