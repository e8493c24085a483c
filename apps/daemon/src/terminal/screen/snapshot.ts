// A screen as the bytes that draw it on an emulator that was just reset: cells and scrollback, both buffers, everything
// beside them, and the sequence that the emulator was in the middle of.
import { snapshotMaxBytes } from '@roundhouse/protocol';
import { LineDrawing } from './draw-lines.js';
import {
  beforeDrawing,
  bufferState,
  hasSavedCursor,
  sharedState,
  type CharsetNames,
  type Palette,
} from './draw-state.js';
import { plain } from './looks.js';
import type { Core } from './xterm-internals.js';

export interface SnapshotOptions {
  /** Lines above the screen that are wanted. */
  readonly scrollback: number;
  readonly palette: Palette;
  readonly sets: CharsetNames;
  /** Bytes of a sequence that has begun. */
  readonly tail: Uint8Array;
  /** Bytes; checkpoints may be larger than what goes over a wire. */
  readonly maxBytes?: number;
}

export interface ScreenData {
  readonly data: Buffer;
  readonly scrollback: number;
  readonly scrollbackKept: number;
}

export function drawScreen(core: Core, options: SnapshotOptions): ScreenData {
  const max = options.maxBytes ?? snapshotMaxBytes;
  const kept = core.buffers.normal.ybase;
  let wanted = options.scrollback;
  for (;;) {
    const start = firstLine(core, wanted);
    const drawn = drawFrom(core, start, { ...options, looks: true });
    if (drawn.length <= max) return { data: drawn, scrollback: kept - start, scrollbackKept: kept };
    if (start === kept) break;
    // As many lines as would fit if all were alike, and fewer.
    wanted = Math.floor((kept - start) * Math.min(0.5, max / drawn.length));
  }
  return { data: drawFrom(core, kept, { ...options, looks: false }), scrollback: 0, scrollbackKept: kept };
}

/** A line that continues one which is not told would look as if it began there: the next whole one is first. */
function firstLine(core: Core, scrollback: number): number {
  const { normal } = core.buffers;
  let start = Math.max(0, normal.ybase - scrollback);
  while (start > 0 && start < normal.ybase && normal.lines.get(start)?.isWrapped === true) start += 1;
  return start;
}

function drawFrom(core: Core, start: number, options: SnapshotOptions & { readonly looks: boolean }): Buffer {
  const { normal, alt, active } = core.buffers;
  const { sets, palette, tail } = options;
  const draw = new LineDrawing(core, options);
  draw.write(beforeDrawing());
  draw.lines(normal, start, normal.ybase + core.rows);
  const side = active === normal ? null : alt;
  draw.look(plain);
  bufferState(draw, core, normal, sets);
  if (side) {
    draw.write(`\u001b[${String(normal.y + 1)};${String(Math.min(normal.x, core.cols - 1) + 1)}H`);
    draw.write('\u001b[?47h\u001b[H');
    draw.lines(alt, 0, core.rows);
    draw.look(plain);
    bufferState(draw, core, alt, sets);
  } else if (hasSavedCursor(alt)) {
    draw.write('\u001b[?47h');
    bufferState(draw, core, alt, sets);
    draw.write('\u001b[?47l');
  }
  sharedState(draw, core, sets, palette);
  return tail.length === 0 ? draw.bytes : Buffer.concat([draw.bytes, tail]);
}
