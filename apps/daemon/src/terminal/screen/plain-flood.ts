// What a flood of plain lines need not be drawn for: lines that are printed and scrolled out again before anybody could
// look. Exact: printable ASCII and line ends change nothing but lines, and those are all replaced. Pure.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const tilde = 0x7e;

export interface FloodLines {
  /** Line ends after which the cursor is in the last row, wherever it was. */
  readonly before: number;
  /** Line ends after which every line that is kept is a new one. */
  readonly after: number;
}

/** Bytes `from` to before `to` of `bytes` may be left out when they follow each other on a screen that only scrolls. */
export interface Leftout {
  readonly from: number;
  readonly to: number;
}

/** Null when there is nothing to leave out. Both ends lie behind a CR LF, so that the column is the first one. */
export function plainFlood(bytes: Uint8Array, lines: FloodLines): Leftout | null {
  const from = forwards(bytes, lines.before);
  if (from === null) return null;
  let end = from;
  while (end < bytes.length && isPlain(bytes[end])) end += 1;
  const to = backwards(bytes, end, lines.after);
  return to !== null && to > from ? { from, to } : null;
}

function isPlain(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= space && byte <= tilde) || byte === lineFeed || byte === carriageReturn;
}

/** Offset behind the CR LF that completes `count` line ends, with nothing but plain bytes before it. */
function forwards(bytes: Uint8Array, count: number): number | null {
  let seen = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (!isPlain(bytes[at])) return null;
    if (bytes[at] !== lineFeed) continue;
    seen += 1;
    if (seen >= count && bytes[at - 1] === carriageReturn) return at + 1;
  }
  return null;
}

/** The last offset behind a CR LF that has `count` line ends between it and `end`. */
function backwards(bytes: Uint8Array, end: number, count: number): number | null {
  let seen = 0;
  for (let at = end - 1; at > 0; at -= 1) {
    if (bytes[at] !== lineFeed) continue;
    if (seen >= count && bytes[at - 1] === carriageReturn) return at + 1;
    seen += 1;
  }
  return null;
}
