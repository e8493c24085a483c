// Entry of a screen thread.
import { setPriority } from 'node:os';
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

if (process.platform === 'linux') setPriority(niceness);

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
