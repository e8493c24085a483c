// The emulator's colours, from the tokens in effect at an element: those of the page, or of a theme of its own.
export interface TerminalTheme {
  readonly [name: string]: string;
}

const names = {
  background: '--term-bg',
  foreground: '--term-fg',
  cursor: '--term-fg',
  cursorAccent: '--term-bg',
  black: '--t-black',
  red: '--t-red',
  green: '--t-green',
  yellow: '--t-yellow',
  blue: '--t-blue',
  magenta: '--t-magenta',
  cyan: '--t-cyan',
  white: '--term-fg',
  brightBlack: '--t-dim',
  brightRed: '--t-red',
  brightGreen: '--t-green',
  brightYellow: '--t-yellow',
  brightBlue: '--t-blue',
  brightMagenta: '--t-magenta',
  brightCyan: '--t-cyan',
  brightWhite: '--t-white',
} as const;

/** Alpha of the selection over its colour, as hex. */
const SELECTION_ALPHA = '55';

/** Reads the tokens; call again when the theme of the page or of the terminal changed. */
export function terminalTheme(at: Element): TerminalTheme {
  const tokens = getComputedStyle(at);
  const read = (token: string): string => tokens.getPropertyValue(token).trim();
  const colours = Object.fromEntries(
    Object.entries(names).flatMap(([name, token]) => {
      const value = read(token);
      return value === '' ? [] : [[name, value]];
    }),
  );
  const accent = read('--t-accent');
  return accent === '' ? colours : { ...colours, selectionBackground: accent + SELECTION_ALPHA };
}

export const terminalFont = (): string =>
  getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim() || 'monospace';
