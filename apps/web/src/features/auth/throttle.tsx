// The wait after too many failed sign-ins, counted down.
import { useState } from 'react';
import { ApiError } from '../../lib/api-error.js';
import { t } from '../../lib/i18n/t.js';
import { useNow } from '../../lib/ticker.js';
import { Countdown } from '../../ui/relative-time.js';
import { StateGlyph } from '../../ui/state-glyph.js';

/** Seconds to wait when the hub does not say. */
const FALLBACK_S = 30;

export interface Throttle {
  readonly active: boolean;
  /** ms since 1970. */
  readonly until: number;
  /** Starts the wait if the error is a throttle. */
  note(error: unknown): void;
}

export function useThrottle(): Throttle {
  const now = useNow(1000);
  const [until, setUntil] = useState(0);
  return {
    active: until > now,
    until,
    note(error) {
      if (!(error instanceof ApiError) || error.code !== 'LOGIN_THROTTLED') return;
      setUntil(Date.now() + (error.retryAfterS ?? FALLBACK_S) * 1000);
    },
  };
}

export function ThrottleNote({ until }: { until: number }) {
  return (
    <div
      role="alert"
      className="flex items-start gap-2.5 rounded-sm border border-line-2 bg-raised px-3 py-2.5 text-12"
    >
      <span className="pt-1">
        <StateGlyph kind="rate-limited" />
      </span>
      <div className="flex-1 text-text-2">
        <div className="font-medium text-text">{t('auth.throttled')}</div>
        {t('auth.throttledHint')}
      </div>
      <Countdown until={until} className="font-medium" />
    </div>
  );
}
