// A quiet ring that turns; it stands still under reduced motion, so the words beside it must say what happens.
export function Spinner({ size = 12 }: { size?: number }) {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} className="spin" aria-hidden="true" fill="none">
      <circle cx="6" cy="6" r="4.7" stroke="currentColor" strokeWidth="1.4" opacity=".25" />
      <path d="M6 1.3a4.7 4.7 0 0 1 4.7 4.7" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
    </svg>
  );
}
