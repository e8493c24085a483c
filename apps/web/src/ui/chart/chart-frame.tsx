// What charts over time share: the drawing that is read by pointer and keys, its scales, its hatch and the chosen span.
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { chosenByKey } from './chart-keys.js';
import { timeTicks, timeWord } from './chart-scale.js';

interface Plot {
  /** Where it begins, and how wide and high it is, in pixels. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Reading {
  onPointer: (event: PointerEvent<SVGSVGElement>) => void;
  onKey: (event: KeyboardEvent) => void;
  clear: () => void;
}

/** The span that is read, of `count` side by side; null while none is. */
export function useChosen(count: number, { left, width }: Plot): [chosen: number | null, reading: Reading] {
  const [chosen, setChosen] = useState<number | null>(null);
  const onPointer = (event: PointerEvent<SVGSVGElement>): void => {
    const place = (event.clientX - event.currentTarget.getBoundingClientRect().left - left) / width;
    const index = Math.floor(place * count);
    setChosen(index >= 0 && index < count ? index : null);
  };
  const onKey = (event: KeyboardEvent): void => {
    const next = chosenByKey(event.key, chosen, count);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next);
  };
  return [chosen, { onPointer, onKey, clear: () => setChosen(null) }];
}

interface DrawingProps {
  /** What is shown, for screen readers. */
  label: string;
  width: number;
  height: number;
  /** Id of the pattern for spans that are not known. */
  hatch: string;
  reading: Reading;
  children: ReactNode;
}

export function Drawing({ label, width, height, hatch, reading, children }: DrawingProps) {
  return (
    <svg
      width={width}
      height={height}
      role="group"
      aria-label={label}
      tabIndex={0}
      className="block max-w-full touch-pan-y rounded-sm"
      onPointerDown={reading.onPointer}
      onPointerMove={reading.onPointer}
      // A finger that is lifted leaves what it chose.
      onPointerLeave={({ pointerType }) => pointerType === 'mouse' && reading.clear()}
      onKeyDown={reading.onKey}
      onBlur={reading.clear}
    >
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0V6" className="stroke-hatch" strokeWidth="1" />
        </pattern>
      </defs>
      {children}
    </svg>
  );
}

interface ValueScaleProps {
  plot: Plot;
  ticks: readonly number[];
  y: (value: number) => number;
  format: (value: number) => string;
}

export function ValueScale({ plot, ticks, y, format }: ValueScaleProps) {
  return ticks.map((tick) => (
    <g key={tick}>
      <path d={`M${plot.left} ${y(tick)}H${plot.left + plot.width}`} className="stroke-grid" />
      <text x={plot.left - 8} y={y(tick) + 4} textAnchor="end" className="nums fill-text-3 text-11">
        {format(tick)}
      </text>
    </g>
  ));
}

interface TimeScaleProps {
  plot: Plot;
  from: number;
  /** Milliseconds in all. */
  span: number;
  /** A tick needs about this many pixels. */
  room: number;
  /** Where its words stand. */
  y: number;
}

export function TimeScale({ plot, from, span, room, y }: TimeScaleProps) {
  return timeTicks(from, from + span, Math.max(2, Math.floor(plot.width / room))).map((tick) => {
    const at = plot.left + ((tick - from) / span) * plot.width;
    const isLast = at > plot.left + plot.width - 24;
    return (
      <text
        key={tick}
        x={at}
        y={y}
        textAnchor={at < plot.left + 20 ? 'start' : isLast ? 'end' : 'middle'}
        className="nums fill-text-3 text-11"
      >
        {timeWord(tick, span)}
      </text>
    );
  });
}

export function ChosenLine({ plot, at }: { plot: Plot; at: number }) {
  return (
    <path
      d={`M${at} ${plot.top}V${plot.top + plot.height}`}
      className="stroke-text-3"
      strokeDasharray="3 3"
    />
  );
}
