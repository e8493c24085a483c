// State is a shape, a word and a colour. This file owns the shapes and says which state has which.
import { cx } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { t } from '../lib/i18n/t.js';
import type { StatusKind } from '../lib/status.js';

type Shape =
  'halo' | 'half' | 'dashed' | 'square' | 'broken' | 'cross' | 'question' | 'ring' | 'dot' | 'tick' | 'turn';
type Tone = 'working' | 'waiting' | 'danger' | 'ok' | 'info' | 'accent' | 'idle';

const table: Readonly<Record<StatusKind, readonly [Shape, Tone]>> = {
  queued: ['ring', 'idle'],
  starting: ['turn', 'working'],
  running: ['halo', 'working'],
  working: ['halo', 'working'],
  waiting: ['half', 'waiting'],
  idle: ['dashed', 'idle'],
  'rate-limited': ['dashed', 'info'],
  error: ['cross', 'danger'],
  stopping: ['turn', 'idle'],
  exited: ['square', 'idle'],
  crashed: ['cross', 'danger'],
  failed: ['cross', 'danger'],
  lost: ['cross', 'danger'],
  interrupted: ['broken', 'idle'],
  unknown: ['question', 'idle'],
  online: ['dot', 'ok'],
  unreachable: ['question', 'idle'],
  offline: ['ring', 'idle'],
  pending: ['dashed', 'idle'],
  done: ['tick', 'ok'],
  busy: ['turn', 'accent'],
  todo: ['ring', 'idle'],
};

const ring = { fill: 'none', stroke: 'currentColor' };
const shapes: Readonly<Record<Shape, ReactNode>> = {
  halo: (
    <>
      <circle className="halo" cx="6" cy="6" r="5.1" {...ring} strokeWidth="1.1" opacity=".55" />
      <circle cx="6" cy="6" r="2.9" fill="currentColor" />
    </>
  ),
  half: (
    <>
      <circle cx="6" cy="6" r="4.9" {...ring} strokeWidth="1.5" />
      <path d="M6 2.6a3.4 3.4 0 0 1 0 6.8z" fill="currentColor" />
    </>
  ),
  dashed: <circle cx="6" cy="6" r="4.7" {...ring} strokeWidth="1.4" strokeDasharray="2.1 1.6" />,
  square: <rect x="2.2" y="2.2" width="7.6" height="7.6" rx="1.4" fill="currentColor" />,
  broken: (
    <path
      d="M5 1.9H3.4a1.5 1.5 0 0 0-1.5 1.5v5.2a1.5 1.5 0 0 0 1.5 1.5H5M7 1.9h1.6a1.5 1.5 0 0 1 1.5 1.5v5.2a1.5 1.5 0 0 1-1.5 1.5H7"
      {...ring}
      strokeWidth="1.4"
      strokeLinecap="round"
    />
  ),
  cross: (
    <>
      <path d="M3.6.9h4.8l2.7 2.7v4.8l-2.7 2.7H3.6L.9 8.4V3.6z" fill="currentColor" />
      <path
        d="M4.2 4.2l3.6 3.6M7.8 4.2 4.2 7.8"
        stroke="var(--surface)"
        strokeWidth="1.4"
        strokeLinecap="round"
      />
    </>
  ),
  question: (
    <>
      <circle cx="6" cy="6" r="4.9" {...ring} strokeWidth="1.2" />
      <path
        d="M4.6 4.9c0-.9.6-1.4 1.4-1.4s1.4.5 1.4 1.2c0 .9-1.4 1-1.4 1.9"
        {...ring}
        strokeWidth="1.2"
        strokeLinecap="round"
      />
      <circle cx="6" cy="8.4" r=".75" fill="currentColor" />
    </>
  ),
  ring: <circle cx="6" cy="6" r="3.2" {...ring} strokeWidth="1.4" />,
  dot: <circle cx="6" cy="6" r="3.4" fill="currentColor" />,
  tick: (
    <>
      <circle cx="6" cy="6" r="5.4" fill="currentColor" />
      <path
        d="M3.7 6.1l1.6 1.6 3-3.2"
        fill="none"
        stroke="var(--surface)"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  turn: (
    <g className="spin">
      <circle cx="6" cy="6" r="4.7" {...ring} strokeWidth="1.4" opacity=".25" />
      <path d="M6 1.3a4.7 4.7 0 0 1 4.7 4.7" {...ring} strokeWidth="1.4" strokeLinecap="round" />
    </g>
  ),
};

const tones: Readonly<Record<Tone, string>> = {
  working: 'text-working',
  waiting: 'text-waiting',
  danger: 'text-danger',
  ok: 'text-ok',
  info: 'text-info',
  accent: 'text-accent',
  idle: 'text-idle',
};

/** The word of a state. */
export const statusWord = (kind: StatusKind): string => t(`status.${kind}`);

export interface StateGlyphProps {
  kind: StatusKind;
  size?: number;
  /** Without a word beside it, the glyph itself must speak: `labelled`. */
  labelled?: boolean;
  className?: string;
}

export function StateGlyph({ kind, size = 12, labelled = false, className }: StateGlyphProps) {
  const [shape, tone] = table[kind];
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      className={cx(tones[tone], className)}
      {...(labelled ? { role: 'img', 'aria-label': statusWord(kind) } : { 'aria-hidden': true })}
    >
      {shapes[shape]}
    </svg>
  );
}

export interface StatusProps {
  kind: StatusKind;
  /** `all` colours the word; `needs` only if it waits or crashed, so that lists stay calm. */
  colour?: 'all' | 'needs';
  /** Instead of the state's own word. */
  word?: string;
  /** Follows the word: "14 min", "exit 137". */
  detail?: ReactNode;
}

/** Glyph and word together. */
export function Status({ kind, colour = 'all', word, detail }: StatusProps) {
  const tone = table[kind][1];
  const loud = colour === 'all' || tone === 'waiting' || tone === 'danger';
  return (
    <span className="inline-flex shrink-0 items-center gap-1.5 text-12 font-medium whitespace-nowrap">
      <StateGlyph kind={kind} />
      <span className={loud ? tones[tone] : 'text-text-3'}>
        {word ?? statusWord(kind)}
        {detail !== undefined && <> {detail}</>}
      </span>
    </span>
  );
}
