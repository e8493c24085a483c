// Loads the Unicode rules that the browser has, too. The addon reads its table from the front of a buffer's memory, and
// finds something else there when Node took that buffer from its pool: while it loads, there is no pool.
import { createRequire } from 'node:module';
import type * as Graphemes from '@xterm/addon-unicode-graphemes';

function load(): typeof Graphemes {
  const poolSize = Buffer.poolSize;
  Buffer.poolSize = 0;
  try {
    return createRequire(import.meta.url)('@xterm/addon-unicode-graphemes') as typeof Graphemes;
  } finally {
    Buffer.poolSize = poolSize;
  }
}

export const { UnicodeGraphemesAddon } = load();
