// The last lines of a terminal on sunken ground: always the same height, the newest line at the bottom.
import { previewLines, type PreviewRun } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import { memo, type ReactNode, type Ref } from 'react';
import { Skeleton } from './skeleton.js';

/** The terminal's sixteen colours. Black is drawn as grey: it would not be seen. */
const colours: readonly string[] = [
  'text-t-dim',
  ...['text-t-red', 'text-t-green', 'text-t-yellow', 'text-t-blue', 'text-t-magenta', 'text-t-cyan'],
  'text-term-fg',
  'text-t-dim',
  ...['text-t-red', 'text-t-green', 'text-t-yellow', 'text-t-blue', 'text-t-magenta', 'text-t-cyan'],
  'text-text',
];

export interface PreviewWellProps {
  ref?: Ref<HTMLDivElement>;
  /** What it is, for who cannot see that. */
  label: string;
  lines: readonly (readonly PreviewRun[])[];
  /** These lines are of the past: one quiet colour. */
  past?: boolean;
  /** In the place of lines: why there are none. */
  note?: ReactNode;
  /** Lines may come at any moment. */
  waiting?: boolean;
  className?: string;
}

export function PreviewWell(props: PreviewWellProps) {
  const { ref, label, lines, past = false, note, waiting = false, className } = props;
  const empty = !lines.some((runs) => runs.some(({ text }) => text.trim() !== ''));
  return (
    <div
      ref={ref}
      role="group"
      aria-label={label}
      className={cx(
        'flex h-[118px] flex-col justify-end overflow-hidden bg-bg-sunken px-3 py-2 font-mono text-12 leading-[17px] [contain:strict]',
        past ? 'text-t-dim' : 'text-term-fg',
        className,
      )}
    >
      {!empty && <Lines lines={lines} past={past} />}
      {empty && waiting && <Waiting />}
      {empty && !waiting && note !== undefined && <p className="line-clamp-2 font-ui text-t-dim">{note}</p>}
    </div>
  );
}

type LinesProps = Pick<Required<PreviewWellProps>, 'lines' | 'past'>;

const Lines = memo(function Lines({ lines, past }: LinesProps) {
  const shown = lines.slice(-previewLines);
  return shown.map((runs, at) => (
    // A line is its place from the bottom: when another one comes above it, it does not move.
    <div key={shown.length - at} className="h-[17px] shrink-0 overflow-hidden whitespace-pre">
      {runs.map((run, place) => (
        <span key={place} className={past ? undefined : lookOf(run)}>
          {run.text}
        </span>
      ))}
    </div>
  ));
});

function lookOf({ colour, bold, dim }: PreviewRun): string | undefined {
  // Dim text in a colour keeps it: a paler one would not be readable.
  const tone = colour === undefined ? (dim === true ? 'text-t-dim' : undefined) : colours[colour];
  if (bold !== true) return tone;
  return tone === undefined ? 'font-strong text-text' : `font-strong ${tone}`;
}

const Waiting = () => (
  <span aria-hidden="true" className="grid gap-2 pb-1">
    <Skeleton className="h-2.5 w-3/5" />
    <Skeleton className="h-2.5 w-2/5" />
  </span>
);
