// The first yardstick: node-pty, read in this process. Nothing can be faster.
import { spawn, type IPty } from 'node-pty';
import { shell, size, Terminal } from './terminal.js';

export class RawPty extends Terminal {
  readonly name = 'raw node-pty';
  readonly #pty: IPty;

  constructor() {
    super();
    this.#pty = spawn(shell.file, [...shell.args], { ...size, encoding: null, env: process.env });
    this.#pty.onData((data) => {
      this.got(data);
    });
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  close(): void {
    this.#pty.kill('SIGKILL');
  }
}
