// A thin bar for a share of 1. Neutral by default: amber means waiting for you and is no level.
import { cx } from 'class-variance-authority';
import { formatPercent } from '../lib/format.js';
import { t } from '../lib/i18n/t.js';

export interface MeterProps {
  /** 0 to 1; values outside are clamped. */
  value: number;
  label: string;
  tone?: 'neutral' | 'accent' | 'ok' | 'high' | 'danger';
  block?: boolean;
  className?: string;
}

const fills = {
  neutral: 'bg-text-3',
  accent: 'bg-accent',
  ok: 'bg-ok',
  high: 'bg-level-high',
  danger: 'bg-danger',
};

export function Meter({ value, label, tone = 'neutral', block = false, className }: MeterProps) {
  const share = Math.min(1, Math.max(0, value));
  return (
    <span
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={formatPercent(share)}
      className={cx(
        'relative h-1 shrink-0 overflow-hidden rounded-[2px] bg-raised-2',
        block ? 'block w-full' : 'inline-block w-14',
        className,
      )}
    >
      <i
        className={cx('absolute inset-y-0 left-0 rounded-[2px]', fills[tone])}
        style={{ width: `${share * 100}%` }}
      />
    </span>
  );
}

/** From this share of the window on an agent is about to run out of context. */
const CONTEXT_FULL = 0.8;
/** From here on it is worth a look. */
const CONTEXT_HIGH = 0.5;

/** The tone of a fill of the context window. */
export const contextTone = (share: number): 'neutral' | 'high' | 'danger' =>
  share >= CONTEXT_FULL ? 'danger' : share >= CONTEXT_HIGH ? 'high' : 'neutral';

const contextWords = { neutral: 'text-text-3', high: 'text-level-high', danger: 'text-danger' };

export interface ContextMeterProps {
  used: number;
  window: number | null;
  className?: string;
}

/** The context window: quiet below 50 %, yellow below 80 %, red from there on. Shows a dash when the window is unknown. */
export function ContextMeter({ used, window, className }: ContextMeterProps) {
  const known = window !== null && window > 0;
  const share = known ? used / window : 0;
  const tone = contextTone(share);
  const word = contextWords[tone];
  return (
    <span className={cx('inline-flex items-center gap-2 text-12 text-text-3', className)}>
      ctx
      <Meter value={share} tone={tone} label={t('ui.contextUsed', { percent: formatPercent(share) })} />
      <span className={cx('nums min-w-8 text-right', word)}>{known ? formatPercent(share) : '—'}</span>
    </span>
  );
}
