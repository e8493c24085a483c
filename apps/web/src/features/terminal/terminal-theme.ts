// The emulator's colours, from the tokens of the theme in effect.
export interface TerminalTheme {
  readonly [name: string]: string;
}

const names = {
  background: '--term-bg',
  foreground: '--term-fg',
  cursor: '--term-fg',
  cursorAccent: '--term-bg',
  black: '--line-2',
  red: '--t-red',
  green: '--t-green',
  blue: '--t-blue',
  magenta: '--t-magenta',
  cyan: '--t-cyan',
  white: '--term-fg',
  brightBlack: '--t-dim',
  brightRed: '--t-red',
  brightGreen: '--t-green',
  brightBlue: '--t-blue',
  brightMagenta: '--t-magenta',
  brightCyan: '--t-cyan',
  brightWhite: '--text',
} as const;

/** The palette's yellow is no state: it is not the amber of waiting. */
const yellow = { dark: '#d9c06a', light: '#7d6313' };
/** Alpha of the selection over the accent, as hex. */
const SELECTION_ALPHA = '55';

/** Reads the tokens from the document; call again when the theme changed. */
export function terminalTheme(theme: 'dark' | 'light'): TerminalTheme {
  const tokens = getComputedStyle(document.documentElement);
  const read = (token: string): string => tokens.getPropertyValue(token).trim();
  const colours = Object.fromEntries(
    Object.entries(names).flatMap(([name, token]) => {
      const value = read(token);
      return value === '' ? [] : [[name, value]];
    }),
  );
  const accent = read('--accent');
  return {
    ...colours,
    yellow: yellow[theme],
    brightYellow: yellow[theme],
    ...(accent === '' ? {} : { selectionBackground: accent + SELECTION_ALPHA }),
  };
}

export const terminalFont = (): string =>
  getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim() || 'monospace';
