// The picture beside the form: a roundhouse from above. Stalls on an arc, the bridge points at the one in blue.

/** Stalls, and the angle in degrees of the first and last, clockwise from north. */
const COUNT = 23;
const FROM = -143.5;
const TO = 143.5;
const LIT = 17;
const ENGINES = new Set([3, 5, 8, 10, 12, 15, 19]);
/** Radii of track, stall front and stall back. */
const TRACK = 120;
const FRONT = 214;
const BACK = 322;
/** Half the width of a stall in degrees, at front and back. */
const HALF_FRONT = 3.9;
const HALF_BACK = 3.9;

const at = (degrees: number, radius: number): string => {
  const angle = (degrees * Math.PI) / 180;
  return `${(400 + radius * Math.sin(angle)).toFixed(1)} ${(400 - radius * Math.cos(angle)).toFixed(1)}`;
};
const angleOf = (i: number): number => FROM + ((TO - FROM) * i) / (COUNT - 1);

function Stall({ i }: { i: number }) {
  const angle = angleOf(i);
  const lit = i === LIT;
  const line = lit ? 'var(--accent)' : 'var(--line-2)';
  const box = `M${at(angle - HALF_BACK, BACK)}A${BACK} ${BACK} 0 0 1 ${at(angle + HALF_BACK, BACK)}L${at(angle + HALF_FRONT, FRONT)}A${FRONT} ${FRONT} 0 0 0 ${at(angle - HALF_FRONT, FRONT)}Z`;
  return (
    <>
      <path d={box} stroke={line} fill={lit ? 'var(--accent-soft)' : 'none'} />
      <path d={`M${at(angle, TRACK)}L${at(angle, FRONT)}`} stroke={line} />
      {(lit || ENGINES.has(i)) && (
        <rect
          x="-7"
          y="-27"
          width="14"
          height="54"
          rx="3"
          transform={`translate(${at(angle, 268)}) rotate(${angle})`}
          fill={lit ? 'var(--accent)' : 'var(--raised-2)'}
        />
      )}
    </>
  );
}

export function TurntableArt() {
  return (
    <svg viewBox="0 0 800 800" className="size-[min(800px,100vh)]" fill="none">
      {Array.from({ length: COUNT }, (_, i) => (
        <Stall key={i} i={i} />
      ))}
      <circle cx="400" cy="400" r="112" fill="var(--bg)" stroke="var(--line-input)" />
      <circle cx="400" cy="400" r="100" stroke="var(--line-2)" strokeDasharray="1.5 5" />
      <g transform={`translate(400 400) rotate(${angleOf(LIT)})`}>
        <rect x="-11" y="-112" width="22" height="224" fill="var(--surface)" stroke="var(--line-input)" />
        {Array.from({ length: 15 }, (_, i) => (
          <path key={i} d={`M-11 ${-98 + i * 14}H11`} stroke="var(--line-2)" />
        ))}
        <circle r="5" fill="var(--accent)" />
      </g>
      <path d="M392 512V800M408 512V800" stroke="var(--line-2)" />
    </svg>
  );
}
