// Live times. Their slot keeps its width, so that nothing beside them moves.
import { cx } from 'class-variance-authority';
import { formatAbsolute, formatAgo, formatClock, formatDuration } from '../lib/format.js';
import { useNow } from '../lib/ticker.js';

const millis = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

export interface RelativeTimeProps {
  /** ISO text or ms since 1970. */
  at: string | number;
  className?: string;
}

/** "4 min ago", the absolute time on hover. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  const now = useNow(15_000);
  const ms = millis(at);
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={formatAbsolute(ms)}
      className={cx('nums inline-block', className)}
    >
      {formatAgo(ms, now)}
    </time>
  );
}

/** "14 min" since a moment, or between two. */
export function Elapsed({
  from,
  to,
  className,
}: {
  from: string | number;
  to?: string | number;
  className?: string;
}) {
  const now = useNow(1000);
  const start = millis(from);
  return (
    <time title={formatAbsolute(start)} className={cx('nums inline-block', className)}>
      {formatDuration((to === undefined ? now : millis(to)) - start)}
    </time>
  );
}

/** "27:14" until a moment; stops at 0:00. */
export function Countdown({ until, className }: { until: string | number; className?: string }) {
  const now = useNow(1000);
  return (
    <time role="timer" className={cx('nums inline-block min-w-9 text-right', className)}>
      {formatClock(millis(until) - now)}
    </time>
  );
}
