// Owns how steps run other programs: output kept and shown only on failure, a pulse while they take long.
import { spawn } from 'node:child_process';
import { RunError, elapsed, say } from './output.mjs';
import { root } from './paths.mjs';

const pulseMs = 10_000;
/** Enough for any compiler's complaint; older output is dropped. */
const keptChars = 200_000;

/**
 * Runs a program to its end, silently. Resolves to `{code, output}`; `output` is stdout and stderr as they came.
 * Every 10 s a pulse line says that it still runs; with `quote`, also the last thing it said.
 */
export function capture(command, args, { cwd = root, env = process.env, label, quote = false } = {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-keptChars));
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const pulse = setInterval(() => {
      if (label) say(`  … ${label}, ${elapsed(startedAt)} s so far${quote ? lastLine(output) : ''}`);
    }, pulseMs);
    child.on('error', (cause) => {
      clearInterval(pulse);
      reject(new RunError(`${command} could not be started: ${cause.message}`, { cause }));
    });
    child.on('close', (code, signal) => {
      clearInterval(pulse);
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

/** What a program may take to end when it is asked. */
const graceMs = 20_000;

/** @returns what ends the program: by SIGTERM and, after a while, by force, which is said. Resolves when it is gone. */
export function stopperOf(child, name, { ms = graceMs } = {}) {
  const ended = new Promise((resolve) => child.once('close', resolve));
  return async () => {
    const timer = setTimeout(() => {
      say(`${name} did not end within ${ms / 1000} s and was killed`);
      child.kill('SIGKILL');
    }, ms);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  };
}

/** Runs a program that talks to the terminal itself. Resolves to its exit code (1 when a signal ended it). */
export function passThrough(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (cause) =>
      reject(new RunError(`${command} could not be started: ${cause.message}`, { cause })),
    );
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function lastLine(output) {
  const line = output.trimEnd().split('\n').at(-1)?.trim();
  return line ? ` (${line.slice(0, 90)})` : '';
}
