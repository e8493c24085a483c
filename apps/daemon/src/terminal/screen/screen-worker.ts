// Entry of a screen thread.
import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '@roundhouse/kit';
import type { ToHost } from './messages.js';
import { ScreenHost } from './screen-host.js';

interface Given {
  readonly scrollback: number;
  readonly keys: Int32Array;
}

/** What people type and see comes first on a busy machine; the screen may lag. On Linux it is this thread's alone. */
const niceness = 5;

/** Upwards takes a right that few have; and whoever refuses even this is no reason to go without screens. */
function stepBack(): void {
  try {
    if (getPriority() < niceness) setPriority(niceness);
  } catch {
    // It draws as before, only less politely.
  }
}

if (process.platform === 'linux') stepBack();

const port = parentPort;
if (port) {
  const { scrollback, keys } = workerData as Given;
  const host = new ScreenHost({
    ...{ clock: systemClock, scrollback, keys },
    post: (message, transfer = []) => {
      port.postMessage(message, transfer);
    },
  });
  port.on('message', (message: ToHost) => {
    host.handle(message);
  });
}
