// What a clipboard may bring into a terminal, and the bytes that it becomes. Pure.
import type { PasteBytes } from './input-sender.js';

/** Ends of a bracketed paste: with one inside, what follows would count as typed. */
// eslint-disable-next-line no-control-regex -- ESC and the 8-bit CSI are what is looked for
const brackets = /(?:\u001b\[|\u009b)20[01]~/g;
/** Control characters but tab and line ends: C0, DEL, C1. */
// eslint-disable-next-line no-control-regex -- control characters are what is removed
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

export interface CleanPaste {
  readonly text: string;
  /** Lines, not counting an empty last one. */
  readonly lines: number;
  /** Control characters were taken out. */
  readonly cleaned: boolean;
}

export function cleanPaste(raw: string): CleanPaste {
  const text = raw.replace(brackets, '').replace(controls, '');
  return { text, lines: countLines(text), cleaned: text !== raw };
}

/** A program that does not ask for bracketed paste takes every line end for Enter. */
export const needsWarning = ({ text }: CleanPaste, bracketed: boolean): boolean =>
  !bracketed && /[\r\n]/.test(text);

/** As a terminal sends it: line ends are Enter, and brackets stand round it when the program asked for them. */
export function pasteBytes(text: string, bracketed: boolean): PasteBytes {
  const encoder = new TextEncoder();
  return {
    head: encoder.encode(bracketed ? '\u001b[200~' : ''),
    body: encoder.encode(text.replace(/\r\n|\n/g, '\r')),
    tail: encoder.encode(bracketed ? '\u001b[201~' : ''),
  };
}

/** A path as one word of a shell, and of an agent's prompt. */
export const shellQuote = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

/** Without an array of megabytes of lines. */
function countLines(text: string): number {
  const ends = /\r\n|\r|\n/g;
  let lines = 1;
  while (ends.exec(text)) if (ends.lastIndex < text.length) lines += 1;
  return lines;
}
