// The part of node-pty 1.1.0 that pty.ts uses, private fields included: the package declares its types under its
// unaliased name, and the tail fix needs `_socket` and `_pty`. Pinned exactly; pty.spec.ts notices a change.
declare module 'node-pty' {
  import type { ReadStream } from 'node:tty';

  export interface UnixTerminal {
    readonly pid: number;
    /** The master side, non-blocking. */
    readonly fd: number;
    /** The stream on the master side. */
    readonly _socket: ReadStream;
    /** Path of the slave, e.g. /dev/pts/3. */
    readonly _pty: string;
    onData(listener: (bytes: Buffer) => void): void;
    onExit(listener: (exit: { exitCode: number; signal?: number }) => void): void;
    resize(cols: number, rows: number): void;
  }

  export function spawn(
    file: string,
    args: string[],
    options: {
      name: string;
      cols: number;
      rows: number;
      cwd: string;
      env: Record<string, string>;
      encoding: null;
    },
  ): UnixTerminal;
}
