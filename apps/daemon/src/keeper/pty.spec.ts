// The tail of a PTY: every byte of a child that prints and exits at once must come out. Real processes.
import { writeFileSync } from 'node:fs';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pty, type PtyExit } from './pty.js';

let dir: string;
let file: string;
/** Bytes that the terminal makes of the file: each \n becomes \r\n. */
let cooked: number;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-pty-'));
  file = join(dir, 'big.txt');
  const line = `\u001b[32mline\u001b[0m ${'x'.repeat(80)}\n`;
  const lines = Math.ceil(2_800_000 / line.length);
  writeFileSync(file, line.repeat(lines));
  cooked = lines * (line.length + 1);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Run {
  bytes: number;
  text: string;
  exit: PtyExit;
}

function run(script: string, act: (pty: Pty) => void = () => undefined): Promise<Run> {
  return new Promise((resolve) => {
    let bytes = 0;
    let last = Buffer.alloc(0);
    const pty = new Pty({
      file: '/bin/sh',
      args: ['-c', script],
      cwd: dir,
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color' },
      cols: 120,
      rows: 40,
      onData: (data) => {
        bytes += data.length;
        last = Buffer.concat([last, data]).subarray(-4096);
      },
      onExit: (exit) => resolve({ bytes, text: last.toString(), exit }),
    });
    act(pty);
  });
}

describe('Pty', () => {
  it('loses no byte of a 2.8 MB cat that exits at once, 30 times', async () => {
    const sizes: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const runs = await Promise.all([run(`cat ${file}`), run(`cat ${file}`), run(`cat ${file}`)]);
      sizes.push(...runs.map((each) => each.bytes));
    }
    expect(sizes).toEqual(Array.from({ length: 30 }, () => cooked));
  });

  it('keeps what was printed while reading was paused across the exit', async () => {
    const { text, bytes } = await run(`head -c 3000 /dev/zero | tr '\\0' x; printf END`, (pty) => {
      pty.pause();
      setTimeout(() => pty.resume(), 700);
    });
    expect(bytes).toBe(3003);
    expect(text.endsWith('xEND')).toBe(true);
  });

  it('adds nothing of its own: the end mark never shows', async () => {
    expect((await run('printf hello')).text).toBe('hello');
    expect((await run('printf 0123456789')).text).toBe('0123456789');
  });

  it('reports the exit code, or the name of the signal', async () => {
    expect((await run('exit 7')).exit).toEqual({ exitCode: 7, signal: null });
    expect((await run('kill -KILL $$')).exit).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  it('ends although a background process holds the terminal and keeps printing', async () => {
    const { exit } = await run('(trap "" HUP; while echo noise; do sleep 0.01; done) & printf done; exit 3');
    expect(exit.exitCode).toBe(3);
  });

  it('ends when output is stopped', async () => {
    const { exit } = await run('printf before; sleep 0.3; exit 4', (pty) => {
      setTimeout(() => pty.write(Buffer.from('\u0013')), 100);
    });
    expect(exit.exitCode).toBe(4);
  });

  it('takes 2 MB at once into a program that echoes, without stopping either side', async () => {
    const paste = Buffer.alloc(2_000_000, 'echo');
    const { bytes } = await run('stty raw -echo; printf R; exec head -c 2000000', (pty) => {
      setTimeout(() => pty.write(paste), 300);
    });
    expect(bytes).toBe(2_000_001);
  });

  it('types bytes into the program and tells it the size', async () => {
    const { text } = await run('read line; stty size; printf "got %s" "$line"', (pty) => {
      pty.resize(99, 33);
      pty.write(Buffer.from('grüße\r'));
    });
    expect(text).toContain('33 99');
    expect(text).toContain('got grüße');
  });
});
