// The last lines of a screen for a card, and its text for whoever recognises states: cleaned, short, bounded.
import { cleanTitle, previewLines, type PreviewRun, type TerminalPreview } from '@roundhouse/protocol';
import type { Emulator } from './emulator.js';
import { textOf, widthAt } from './draw-lines.js';
import { cellLook, dimmed, emphasised, hidden, type Look } from './looks.js';
import { themeColour } from './theme-colour.js';
import type { InnerLine } from './xterm-internals.js';

/** Columns of a line that a card shows; as many as the wire takes, whatever is in a cell. */
const columnsMax = 200;
const cellMax = 5;
const runsMax = 200;
/** Columns that patterns see. */
const textColumnsMax = 500;

/* eslint-disable no-control-regex -- control and direction characters are what is removed */
const unwanted = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]/gu;
const unwantedButLines =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]/gu;
/* eslint-enable no-control-regex */

export function previewOf(emulator: Emulator, epoch: number): TerminalPreview {
  const rows = screenRows(emulator);
  let end = rows.length;
  while (end > 0 && isBlank(rows[end - 1], emulator.cols)) end -= 1;
  const lines = rows.slice(Math.max(0, end - previewLines), end).map((line) => runsOf(line, emulator.cols));
  return { epoch, lines, title: cleanTitle(emulator.title) };
}

/** Rows of the screen as text. */
export function screenText(emulator: Emulator): string[] {
  return screenRows(emulator).map((line) => {
    let text = '';
    for (let x = 0; x < emulator.cols; x += Math.max(1, line ? widthAt(line, x) : 1)) {
      text += (line ? textOf(line, x) : '') || ' ';
    }
    return text.replace(unwanted, '').trimEnd();
  });
}

/** The last rows of the screen that have something in them, as text. */
export function bottomText(emulator: Emulator, rowsMax: number): string {
  const { core, term } = emulator;
  const { active } = term.buffer;
  const lines: string[] = [];
  for (let row = core.rows - 1; row >= 0 && lines.length < rowsMax; row -= 1) {
    const text = active.getLine(active.baseY + row)?.translateToString(true, 0, textColumnsMax) ?? '';
    if (text !== '' || lines.length > 0) lines.unshift(text);
  }
  return lines.join('\n').replace(unwantedButLines, '');
}

function screenRows({ core }: Emulator): (InnerLine | undefined)[] {
  const { active } = core.buffers;
  return Array.from({ length: core.rows }, (_, row) => active.lines.get(active.ybase + row));
}

function isBlank(line: InnerLine | undefined, cols: number): boolean {
  if (!line) return true;
  for (let x = 0; x < cols; x += 1) if (textOf(line, x).trim() !== '') return false;
  return true;
}

function runsOf(line: InnerLine | undefined, cols: number): PreviewRun[] {
  const runs: PreviewRun[] = [];
  const width = Math.min(cols, columnsMax);
  for (let x = 0; line && x < width; x += Math.max(1, widthAt(line, x))) {
    const look = cellLook(line, x);
    const text = hidden(look) ? ' ' : textOf(line, x).slice(0, cellMax).replace(unwanted, '') || ' ';
    const last = runs.at(-1);
    const style = styleOf(look);
    if (last && sameStyle(last, style)) runs[runs.length - 1] = { ...last, text: last.text + text };
    else if (runs.length < runsMax) runs.push({ text, ...style });
  }
  const last = runs.at(-1);
  if (last) runs[runs.length - 1] = { ...last, text: last.text.trimEnd() };
  return runs.filter(({ text }) => text !== '');
}

type Style = Omit<PreviewRun, 'text'>;

function styleOf(look: Look): Style {
  const colour = themeColour(look.fg);
  return {
    ...(colour === null ? {} : { colour }),
    ...(emphasised(look) ? { bold: true as const } : {}),
    ...(dimmed(look) ? { dim: true as const } : {}),
  };
}

const sameStyle = (a: Style, b: Style): boolean =>
  a.colour === b.colour && a.bold === b.bold && a.dim === b.dim;
