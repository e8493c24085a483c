// One value over time as a line on its area: small, with the spans in which it was not known; read by pointer and keys.
import { useId, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { chosenByKey } from './chart-keys.js';
import { gapsOf, runsOf } from './chart-runs.js';
import { spanWord, timeTicks, timeWord } from './chart-scale.js';
import { useWidth } from './use-width.js';

export interface LineChartProps {
  /** What is shown, for screen readers. */
  label: string;
  /** Start of the first span, in milliseconds. */
  from: number;
  stepMs: number;
  /** One of each span, oldest first; null where it is not known. */
  values: readonly (number | null)[];
  /** 0 and up; the last is the top of the scale. */
  ticks: readonly number[];
  formatTick: (value: number) => string;
  /** What is read of a span whose value is known. */
  describe: (index: number) => string;
  /** What is read of a span between known ones whose value is not. */
  gapWord: string;
}

const HEIGHT = 128;
const LEFT = 52;
const BOTTOM = 20;
const TOP = 6;
const PLOT = HEIGHT - BOTTOM - TOP;
/** A tick needs about this many pixels. */
const TICK_ROOM = 84;
const TIP_WIDE = 230;

export function LineChart(props: LineChartProps) {
  const { label, from, stepMs, values, ticks, formatTick, describe, gapWord } = props;
  const [frame, width] = useWidth(420);
  const [chosen, setChosen] = useState<number | null>(null);
  const hatch = useId();
  const span = values.length * stepMs;
  const top = ticks.at(-1) ?? 1;
  const wide = Math.max(40, width - LEFT);
  const x = (index: number): number => LEFT + (index / Math.max(1, values.length)) * wide;
  const y = (value: number): number => TOP + PLOT - (Math.min(top, Math.max(0, value)) / top) * PLOT;
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    const place = (event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT) / wide;
    const index = Math.floor(place * values.length);
    setChosen(index >= 0 && index < values.length ? index : null);
  };
  const step = (event: KeyboardEvent): void => {
    const next = chosenByKey(event.key, chosen, values.length);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next);
  };
  return (
    <div ref={frame} className="relative">
      <svg
        width={width}
        height={HEIGHT}
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
            <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className="nums fill-text-3 text-11">
              {formatTick(tick)}
            </text>
          </g>
        ))}
        {gapsOf(values).map(([start, end]) => (
          <rect
            key={start}
            data-gap
            x={x(start)}
            y={TOP}
            width={Math.max(1, x(end) - x(start))}
            height={PLOT}
            fill={`url(#${hatch})`}
          />
        ))}
        <Curve values={values} x={x} y={y} />
        {timeTicks(from, from + span, Math.max(2, Math.floor(wide / TICK_ROOM))).map((tick) => {
          const at = x((tick - from) / stepMs);
          return (
            <text
              key={tick}
              x={at}
              y={HEIGHT - 5}
              textAnchor={at < LEFT + 20 ? 'start' : at > width - 24 ? 'end' : 'middle'}
              className="nums fill-text-3 text-11"
            >
              {timeWord(tick, span)}
            </text>
          );
        })}
        {chosen !== null && (
          <path
            d={`M${x(chosen + 0.5)} ${TOP}V${TOP + PLOT}`}
            className="stroke-text-3"
            strokeDasharray="3 3"
          />
        )}
      </svg>
      {chosen !== null && (
        <Tip
          title={spanWord(from + chosen * stepMs, stepMs)}
          text={values[chosen] === null ? gapWord : describe(chosen)}
          left={x(chosen + 0.5)}
          width={width}
        />
      )}
    </div>
  );
}

function Tip({ title, text, left, width }: { title: string; text: string; left: number; width: number }) {
  const flip = left + TIP_WIDE + 16 > width;
  return (
    <div
      role="status"
      className="pointer-events-none absolute top-1 z-10 grid gap-0.5 rounded-md bg-popover px-2.5 py-2 text-12 whitespace-nowrap shadow-overlay"
      style={flip ? { right: width - left + 10 } : { left: left + 10 }}
    >
      <span className="text-text-3">{title}</span>
      <span className="nums font-medium">{text}</span>
    </div>
  );
}

interface CurveProps {
  values: readonly (number | null)[];
  x: (index: number) => number;
  y: (value: number) => number;
}

/** A line for each run of known values, through the middle of their spans; one alone is a dash as wide as its span. */
function Curve({ values, x, y }: CurveProps) {
  return runsOf(values).map((run) => {
    const points = run.flatMap(({ index, value }) =>
      run.length === 1
        ? [
            [x(index), y(value)],
            [x(index + 1), y(value)],
          ]
        : [[x(index + 0.5), y(value)]],
    );
    const line = points
      .map(([px = 0, py = 0], i) => `${i === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`)
      .join('');
    const first = points[0]?.[0] ?? 0;
    const last = points.at(-1)?.[0] ?? 0;
    return (
      <g key={run[0]?.index}>
        <path
          d={`${line}L${last} ${TOP + PLOT}L${first} ${TOP + PLOT}Z`}
          className="fill-d-1"
          opacity=".12"
        />
        <path d={line} fill="none" className="stroke-d-1" strokeWidth="1.5" strokeLinejoin="round" />
      </g>
    );
  });
}
