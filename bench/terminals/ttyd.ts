// A shell behind ttyd, a terminal in the browser with one hop: a yardstick where somebody has it installed.
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { WebSocket } from 'ws';
import { withTimeout } from '../core/with-timeout.js';
import { shell, size, Terminal } from './terminal.js';

/** The first byte of a message, to it and from it. */
const kind = { input: '0', output: 0x30 } as const;
const startMs = 5_000;

/** Null when there is none on PATH. */
export async function openTtyd(): Promise<Ttyd | null> {
  const file = onPath('ttyd');
  if (file === null) return null;
  const args = ['--port', '0', '--interface', '127.0.0.1', '--writable', shell.file, ...shell.args];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const port = await withTimeout(portOf(child), startMs, 'ttyd listens');
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['tty'], { perMessageDeflate: false });
    await once(socket, 'open');
    socket.send(JSON.stringify({ AuthToken: '', columns: size.cols, rows: size.rows }));
    return new Ttyd(child, socket);
  } catch (error) {
    child.kill();
    throw error;
  }
}

export class Ttyd extends Terminal {
  readonly name = 'ttyd';

  constructor(
    private readonly child: ChildProcess,
    private readonly socket: WebSocket,
  ) {
    super();
    socket.on('message', (data: Buffer) => {
      if (data[0] === kind.output) this.got(data.subarray(1));
    });
  }

  type(text: string): void {
    this.socket.send(Buffer.from(`${kind.input}${text}`));
  }

  close(): void {
    this.socket.terminate();
    this.child.kill();
  }
}

function onPath(name: string): string | null {
  for (const dir of (process.env['PATH'] ?? '').split(path.delimiter).filter(path.isAbsolute)) {
    const file = path.join(dir, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not there.
    }
  }
  return null;
}

/** It says "Listening on port: 46291". */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-10_000);
      const port = /port: (\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`ttyd ended: ${said}`));
    });
  });
}
