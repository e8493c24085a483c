// Keys of a profile (`'1\r'`, `'\e'`) as the text that is typed into the terminal.

const ESCAPE = /\\(?:([ert\\])|x([0-9A-Fa-f]{2}))/g;
const letters: Readonly<Record<string, string>> = { e: '\u001b', r: '\r', t: '\t', '\\': '\\' };

/** What to type. The only escapes are those that the schema lets through. */
export const keyInput = (text: string): string =>
  text.replace(ESCAPE, (_, letter: string | undefined, hex: string | undefined) =>
    letter === undefined ? String.fromCharCode(Number.parseInt(hex ?? '0', 16)) : (letters[letter] ?? ''),
  );
