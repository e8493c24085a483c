// Prints as fast as the terminal takes it, with the time in every 64 KiB; any signal ends it. `node flood.mjs`
import { writeSync } from 'node:fs';

const filler = 'y\r\n'.repeat(21_800);

for (;;) {
  try {
    writeSync(1, `T${String(Date.now())}\r\n${filler}`);
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}
