// Text as coding agents print it, the same bytes on every run: colours, truecolour, spinners that redraw their line,
// wide characters, emoji. About 100 bytes a line.
import { closeSync, openSync, writeSync } from 'node:fs';

const blockBytes = 1024 * 1024;
const words =
  'const return await async function import export interface readonly private offset session viewer daemon keeper hub test error warning passed failed src/terminal/ring.ts apps/hub/src/main.ts 0x7f3a npm run build'.split(
    ' ',
  );
const wide = ['日本語の出力', '终端屏幕', '터미널', '画面を更新', '数据流'];
const emoji = ['✅', '🚀', '⚠️', '👩‍💻', '🔥', '📦'];
const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** A small generator of numbers in [0, 1): mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One line, or a spinner that redraws one, with its line feed. */
function line(random: () => number, number: number): string {
  const any = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const some = (count: number): string => Array.from({ length: count }, () => any(words)).join(' ');
  const byte = (): number => Math.floor(random() * 256);
  const kind = random();
  if (kind < 0.35)
    return `\x1b[32m+${String(number).padStart(5)}\x1b[0m  \x1b[1m${some(4)}\x1b[22m ${some(5)}\n`;
  if (kind < 0.6)
    return `\x1b[38;2;${byte()};${byte()};${byte()}m${some(7)}\x1b[39m \x1b[2m${some(3)}\x1b[0m\n`;
  if (kind < 0.75) return `  \x1b[48;5;${byte()}m ${some(2)} \x1b[0m \x1b[4;35m${some(6)}\x1b[24;39m\n`;
  if (kind < 0.85) return `\x1b[36m│\x1b[0m ${any(wide)} ${any(emoji)} ${some(5)} ${any(wide)}\n`;
  if (kind < 0.95) {
    const turns = Array.from(frames.slice(0, 3), (frame) => `\r\x1b[K\x1b[33m${frame}\x1b[0m ${some(2)}`);
    return `${turns.join('')}\r\x1b[K${any(emoji)} ${some(3)}\n`;
  }
  return `${some(12)}\n`;
}

/** Writes a file of at least `bytes` bytes. */
export function writeColouredText(file: string, bytes: number, seed = 1): void {
  const random = seeded(seed);
  const to = openSync(file, 'w', 0o644);
  let number = 0;
  for (let written = 0; written < bytes;) {
    let block = '';
    while (block.length < blockBytes && written + block.length < bytes) block += line(random, (number += 1));
    const data = Buffer.from(block);
    written += writeSync(to, data);
  }
  closeSync(to);
}
