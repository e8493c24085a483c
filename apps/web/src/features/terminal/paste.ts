// What a clipboard may bring into a terminal. Pure.

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
  const lines = text.replace(/(?:\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/).length;
  return { text, lines, cleaned: text !== raw };
}

/** A program that does not ask for bracketed paste takes every line end for Enter. */
export const needsWarning = ({ text }: CleanPaste, bracketed: boolean): boolean =>
  !bracketed && /[\r\n]/.test(text);
