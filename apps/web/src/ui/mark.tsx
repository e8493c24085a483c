// The brand mark: five stalls round a turntable, the bridge points at one; that stall turns amber when someone waits.
const stalls = [
  'M0.21 12.51A11.8 11.8 0 0 1 3.47 3.85L6.22 6.47A8.0 8.0 0 0 0 4.01 12.35Z',
  'M5.18 2.37A11.8 11.8 0 0 1 14.23 0.41L13.51 4.14A8.0 8.0 0 0 0 7.38 5.47Z',
  'M23.59 9.77A11.8 11.8 0 0 1 21.63 18.82L18.53 16.62A8.0 8.0 0 0 0 19.86 10.49Z',
  'M20.15 20.53A11.8 11.8 0 0 1 11.49 23.79L11.65 19.99A8.0 8.0 0 0 0 17.53 17.78Z',
];
const pointed = 'M16.40 1.05A11.8 11.8 0 0 1 22.95 7.60L19.42 9.02A8.0 8.0 0 0 0 14.98 4.58Z';

export function Mark({ size = 22, waiting = false }: { size?: number; waiting?: boolean }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
      {stalls.map((path) => (
        <path key={path} d={path} opacity=".58" />
      ))}
      <path d={pointed} fill={waiting ? 'var(--waiting-fill)' : 'var(--accent)'} />
      <g transform="rotate(45 12 12)">
        <rect x="10.5" y="6.7" width="3" height="10.6" rx=".6" />
        <rect x="10.5" y="20" width="3" height="3.8" opacity=".58" />
      </g>
    </svg>
  );
}

/** The mark with the name. */
export function Brand({ size = 22 }: { size?: number }) {
  return (
    <span className="inline-flex items-center gap-[9px] text-14 font-strong tracking-16">
      <Mark size={size} />
      Roundhouse
    </span>
  );
}
