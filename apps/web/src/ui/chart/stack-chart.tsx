// Bars over time, stacked by kind: drawn in SVG, read by pointer, by arrow keys, and as a table.
import { cx } from 'class-variance-authority';
import { useId, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { ChartFill, ChartLine } from '../../lib/usage/chart-line.js';
import { chosenByKey } from './chart-keys.js';
import { niceTicks, spanWord, timeTicks, timeWord } from './chart-scale.js';
import { ChartTip } from './chart-tip.js';
import { useWidth } from './use-width.js';

export interface ChartGap {
  /** Of what was away. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface StackChartProps {
  /** What is shown, for screen readers. */
  label: string;
  /** Start of each bar, in milliseconds. */
  at: readonly number[];
  stepMs: number;
  /** Bottom first. */
  lines: readonly ChartLine[];
  format: (value: number) => string;
  /** For the axis, when that is written shorter. */
  formatTick?: (value: number) => string;
  /** Spans in which something was not known. */
  gaps?: readonly ChartGap[];
  height?: number;
}

const fillOf: Readonly<Record<ChartFill, string>> = {
  1: 'fill-d-1',
  2: 'fill-d-2',
  3: 'fill-d-3',
  4: 'fill-d-4',
  other: 'fill-line-input',
};

const LEFT = 48;
const BOTTOM = 24;
const TOP = 8;
/** A wider bar says no more. */
const BAR_MAX = 44;
/** A tick needs about this many pixels. */
const TICK_ROOM = 96;

export function StackChart(props: StackChartProps) {
  const { label, at, stepMs, lines, format, formatTick = format, gaps = [], height = 260 } = props;
  const [frame, width] = useWidth(720);
  const [chosen, setChosen] = useState<number | null>(null);
  const hatch = useId();
  const sums = at.map((_, i) => lines.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const ticks = niceTicks(Math.max(0, ...sums));
  const top = ticks.at(-1) ?? 1;
  const from = at[0] ?? 0;
  const span = Math.max(1, at.length * stepMs);
  const plot = { width: Math.max(40, width - LEFT), height: height - BOTTOM - TOP };
  const x = (time: number): number => LEFT + ((time - from) / span) * plot.width;
  const y = (value: number): number => TOP + plot.height - (value / top) * plot.height;
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    const place = (event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT) / plot.width;
    const index = Math.floor(place * at.length);
    setChosen(index >= 0 && index < at.length ? index : null);
  };
  const step = (event: KeyboardEvent): void => {
    const next = chosenByKey(event.key, chosen, at.length);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next);
  };
  return (
    <div ref={frame} className="relative">
      <svg
        width={width}
        height={height}
        role="group"
        aria-label={label}
        tabIndex={0}
        className="block max-w-full touch-pan-y rounded-sm"
        onPointerDown={move}
        onPointerMove={move}
        // A finger that is lifted leaves what it chose.
        onPointerLeave={({ pointerType }) => pointerType === 'mouse' && setChosen(null)}
        onKeyDown={step}
        onBlur={() => setChosen(null)}
      >
        <defs>
          <pattern
            id={hatch}
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <path d="M0 0V6" className="stroke-hatch" strokeWidth="1" />
          </pattern>
        </defs>
        {ticks.map((tick) => (
          <g key={tick}>
            <path d={`M${LEFT} ${y(tick)}H${width}`} className="stroke-grid" />
            <text x={LEFT - 10} y={y(tick) + 4} textAnchor="end" className="nums fill-text-3 text-11">
              {formatTick(tick)}
            </text>
          </g>
        ))}
        {gaps.map((gap) => (
          <rect
            key={`${gap.from}${gap.label}`}
            x={x(Math.max(from, gap.from))}
            y={TOP}
            width={Math.max(1, x(Math.min(from + span, gap.to)) - x(Math.max(from, gap.from)))}
            height={plot.height}
            fill={`url(#${hatch})`}
          >
            <title>{gap.label}</title>
          </rect>
        ))}
        <Bars at={at} lines={lines} width={plot.width / Math.max(1, at.length)} x={x} y={y} />
        {timeTicks(from, from + span, Math.max(2, Math.floor(plot.width / TICK_ROOM))).map((tick) => (
          <text
            key={tick}
            x={x(tick)}
            y={height - 6}
            textAnchor={x(tick) < LEFT + 20 ? 'start' : x(tick) > width - 24 ? 'end' : 'middle'}
            className="nums fill-text-3 text-11"
          >
            {timeWord(tick, span)}
          </text>
        ))}
        {chosen !== null && (
          <path
            d={`M${x((at[chosen] ?? 0) + stepMs / 2)} ${TOP}V${TOP + plot.height}`}
            className="stroke-text-3"
            strokeDasharray="3 3"
          />
        )}
      </svg>
      {chosen !== null && (
        <ChartTip
          title={spanWord(at[chosen] ?? 0, stepMs)}
          rows={lines.map(({ key, label: word, fill, values }) => ({
            key,
            label: word,
            fill,
            text: format(values[chosen] ?? 0),
          }))}
          total={format(sums[chosen] ?? 0)}
          left={x((at[chosen] ?? 0) + stepMs / 2)}
          width={width}
        />
      )}
    </div>
  );
}

interface BarsProps {
  at: readonly number[];
  lines: readonly ChartLine[];
  /** Of one bar with its gap. */
  width: number;
  x: (time: number) => number;
  y: (value: number) => number;
}

/** A hairline between the parts of a bar, a gap between bars. */
function Bars({ at, lines, width, x, y }: BarsProps) {
  const gap = width > BAR_MAX ? width - BAR_MAX : width > 8 ? 3 : width > 3 ? 1 : 0;
  return at.map((start, i) => {
    let below = 0;
    return (
      <g key={start}>
        {lines.map(({ key, fill, values }) => {
          const value = values[i] ?? 0;
          const bottom = y(below);
          below += value;
          const tall = bottom - y(below);
          if (tall <= 0) return null;
          const line = tall > 3 ? 1 : 0;
          return (
            <rect
              key={key}
              x={x(start) + gap / 2}
              y={y(below)}
              width={Math.max(0.5, width - gap)}
              height={Math.max(0.5, tall - line)}
              className={cx(fillOf[fill])}
            />
          );
        })}
      </g>
    );
  });
}
