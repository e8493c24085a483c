// A day in cells: how much was worked, whether someone was waited for, when nothing was known. One image for readers.
import { cx } from 'class-variance-authority';
import { useId } from 'react';

export interface StripSlot {
  /** Shares of the slot in which anything worked or waited; above 1 counts as 1. */
  readonly working: number;
  readonly waiting: number;
  readonly offline: boolean;
}

export interface ActivityStripProps {
  slots: readonly StripSlot[];
  label: string;
  className?: string;
}

const CELL = 2;
const HEIGHT = 14;

export function ActivityStrip({ slots, label, className }: ActivityStripProps) {
  const hatch = useId();
  const width = slots.length * CELL;
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={cx('shrink-0 rounded-xs', className)}
    >
      <title>{label}</title>
      <defs>
        <pattern id={hatch} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0V4" className="stroke-hatch" strokeWidth="1.25" />
        </pattern>
      </defs>
      <rect width={width} height={HEIGHT} className="fill-raised" />
      {slots.map((slot, i) => (
        <Cell key={i} slot={slot} x={i * CELL} hatch={hatch} />
      ))}
    </svg>
  );
}

function Cell({ slot, x, hatch }: { slot: StripSlot; x: number; hatch: string }) {
  if (slot.offline) return <rect x={x} width={CELL} height={HEIGHT} fill={`url(#${hatch})`} />;
  const worked = Math.min(1, slot.working) * HEIGHT;
  const waited = Math.min(1, slot.waiting) * HEIGHT;
  return (
    <>
      {worked > 0 && (
        <rect x={x} y={HEIGHT - worked} width={CELL} height={Math.max(1, worked)} className="fill-working" />
      )}
      {/* Waiting hangs from the top, so that it is told by its place too. */}
      {waited > 0 && (
        <rect x={x} width={CELL} height={Math.max(2, waited / 2)} className="fill-waiting-fill" />
      )}
    </>
  );
}
