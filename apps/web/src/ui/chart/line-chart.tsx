// One value over time as a line on its area: small, with the spans in which it was not known; read by pointer and keys.
import { useId } from 'react';
import { ChosenLine, Drawing, TimeScale, useChosen, ValueScale } from './chart-frame.js';
import { gapsOf, runsOf } from './chart-runs.js';
import { spanWord } from './chart-scale.js';
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
  const hatch = useId();
  const span = Math.max(1, values.length * stepMs);
  const top = ticks.at(-1) ?? 1;
  const plot = { left: LEFT, top: TOP, width: Math.max(40, width - LEFT), height: PLOT };
  const [chosen, reading] = useChosen(values.length, plot);
  const x = (index: number): number => LEFT + (index / Math.max(1, values.length)) * plot.width;
  const y = (value: number): number => TOP + PLOT - (Math.min(top, Math.max(0, value)) / top) * PLOT;
  return (
    <div ref={frame} className="relative">
      <Drawing label={label} width={width} height={HEIGHT} hatch={hatch} reading={reading}>
        <ValueScale plot={plot} ticks={ticks} y={y} format={formatTick} />
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
        <TimeScale plot={plot} from={from} span={span} room={TICK_ROOM} y={HEIGHT - 5} />
        {chosen !== null && <ChosenLine plot={plot} at={x(chosen + 0.5)} />}
      </Drawing>
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
