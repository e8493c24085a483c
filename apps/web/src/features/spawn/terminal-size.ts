// The size that a new session's terminal gets before anybody has opened it: what this window can show. Pure.
import { terminalLimits } from '@roundhouse/protocol';

/** px: one cell of the terminal's 13/18 type, and what of the session page is not terminal. */
const CELL = { width: 7.8, height: 18 };
const AROUND = { width: 56 + 40, height: 48 + 40 + 36 + 28 };
/** Below it full-screen agents draw badly; the terminal of a phone is then scrolled. */
const SMALLEST = { cols: 80, rows: 24 };

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export function sizeFor(width: number, height: number): Size {
  const cols = Math.floor((width - AROUND.width) / CELL.width);
  const rows = Math.floor((height - AROUND.height) / CELL.height);
  return {
    cols: Math.min(terminalLimits.maxCols, Math.max(SMALLEST.cols, cols)),
    rows: Math.min(terminalLimits.maxRows, Math.max(SMALLEST.rows, rows)),
  };
}
