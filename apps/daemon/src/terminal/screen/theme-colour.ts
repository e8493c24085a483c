// Any colour of a terminal as one of the sixteen of its theme, for places that know no others. Pure.
import { colour } from './xterm-internals.js';

/** Levels of the colour cube of 256. */
const levels = [0, 95, 135, 175, 215, 255] as const;
/** A colour whose parts are closer together is a grey. */
const greyRange = 40;

/** Null for the colour of plain text, and for greys close to it. */
export function themeColour(word: number): number | null {
  const mode = word & colour.mode;
  if (mode === 0) return null;
  if (mode === colour.rgb) return nearest((word >> 16) & 0xff, (word >> 8) & 0xff, word & 0xff);
  const index = word & 0xff;
  if (index < 16) return index;
  if (index >= 232) return grey(8 + 10 * (index - 232));
  const cube = index - 16;
  const level = (step: number): number => levels[step] ?? 0;
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function nearest(red: number, green: number, blue: number): number | null {
  const high = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (high - low < greyRange) return grey(high);
  const middle = (high + low) / 2;
  const hue = (red > middle ? 1 : 0) | (green > middle ? 2 : 0) | (blue > middle ? 4 : 0);
  return high > 170 ? 8 + hue : hue;
}

/** Dark greys are the theme's grey; light ones are text. */
const grey = (level: number): number | null => (level < 160 ? 8 : null);
