// The mark of an agent, by the name of its profile, and the colour that a profile may ask for.
import type { ProfileColor } from '@roundhouse/protocol';
import { cx } from 'class-variance-authority';
import type { ReactNode } from 'react';

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.5 } as const;
const round = { strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

const marks: Readonly<Record<string, ReactNode>> = {
  claude: <path d="M8 1.5v13M1.5 8h13M3.4 3.4l9.2 9.2M12.6 3.4l-9.2 9.2" {...line} strokeLinecap="round" />,
  gemini: (
    <path
      d="M8 1c.6 4.2 2.8 6.4 7 7-4.2.6-6.4 2.8-7 7-.6-4.2-2.8-6.4-7-7 4.2-.6 6.4-2.8 7-7z"
      fill="currentColor"
    />
  ),
  codex: (
    <>
      <path d="M8 1.6l5.6 3.2v6.4L8 14.4l-5.6-3.2V4.8z" {...line} strokeLinejoin="round" />
      <circle cx="8" cy="8" r="2" fill="currentColor" />
    </>
  ),
  opencode: (
    <>
      <path d="M5.2 2.5H2.5v11h2.7M10.8 2.5h2.7v11h-2.7" {...line} {...round} />
      <rect x="6.4" y="5.5" width="3.2" height="5" rx=".6" fill="currentColor" />
    </>
  ),
  bash: <path d="M2.5 4l4 4-4 4M8.5 12.5h5" {...line} {...round} />,
};

const other: ReactNode = (
  <>
    <rect x="2.2" y="2.2" width="11.6" height="11.6" rx="3" {...line} />
    <circle cx="8" cy="8" r="2" fill="currentColor" />
  </>
);

/** Amber and red mean waiting and crashed: a profile that asks for them gets a neighbour. */
const colors: Readonly<Record<ProfileColor, string>> = {
  purple: 'var(--info)',
  blue: 'var(--accent)',
  slate: 'var(--idle)',
  green: 'var(--ok)',
  red: 'var(--t-claude)',
  amber: 'var(--t-claude)',
  cyan: 'var(--t-cyan)',
};

export interface AgentIconProps {
  /** Name of the profile. */
  profile: string;
  size?: number;
  /** Colour of the profile; the quiet grey of the text when absent. */
  color?: ProfileColor | undefined;
  /** Without its name beside it, the icon itself must speak. */
  label?: string;
  className?: string;
}

export function AgentIcon({ profile, size = 13, color, label, className }: AgentIconProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      className={cx(color === undefined && 'text-text-3', className)}
      style={color === undefined ? undefined : { color: colors[color] }}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {marks[profile] ?? other}
    </svg>
  );
}
