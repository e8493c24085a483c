// Bars over time, stacked by kind: drawn in SVG, read by pointer, by arrow keys, and as a table.
import { cx } from 'class-variance-authority';
import { useId } from 'react';
import type { ChartFill, ChartLine } from '../../lib/usage/chart-line.js';
import { ChosenLine, Drawing, TimeScale, useChosen, ValueScale } from './chart-frame.js';
import { niceTicks, spanWord } from './chart-scale.js';
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
  const hatch = useId();
  const sums = at.map((_, i) => lines.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const ticks = niceTicks(Math.max(0, ...sums));
  const top = ticks.at(-1) ?? 1;
  const from = at[0] ?? 0;
  const span = Math.max(1, at.length * stepMs);
  const plot = { left: LEFT, top: TOP, width: Math.max(40, width - LEFT), height: height - BOTTOM - TOP };
  const [chosen, reading] = useChosen(at.length, plot);
  const x = (time: number): number => LEFT + ((time - from) / span) * plot.width;
  const y = (value: number): number => TOP + plot.height - (value / top) * plot.height;
  return (
    <div ref={frame} className="relative">
      <Drawing label={label} width={width} height={height} hatch={hatch} reading={reading}>
        <ValueScale plot={plot} ticks={ticks} y={y} format={formatTick} />
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
        <TimeScale plot={plot} from={from} span={span} room={TICK_ROOM} y={height - 6} />
        {chosen !== null && <ChosenLine plot={plot} at={x((at[chosen] ?? 0) + stepMs / 2)} />}
      </Drawing>
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
