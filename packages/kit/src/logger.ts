// JSON lines with redaction. Terminal bytes and secrets are never logged.
import { pino, type Logger as PinoLogger } from 'pino';
import { redactPaths } from './redact.js';
import { ScrubbedLines } from './scrubbed-lines.js';

export type Logger = PinoLogger;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LoggerOptions {
  readonly name: string;
  readonly level?: LogLevel;
  /** Where lines go; default standard error, since standard output is for people. */
  readonly destination?: { write(line: string): void };
}

export function createLogger({ name, level = 'info', destination }: LoggerOptions): Logger {
  const sink = destination ?? { write: (line: string) => void process.stderr.write(line) };
  const lines = new ScrubbedLines((line) => {
    sink.write(line);
  });
  return pino(
    {
      name,
      level,
      base: { name },
      redact: { paths: redactPaths, censor: '[redacted]' },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        lines.push(line);
      },
    },
  );
}

/** A logger for tests that says nothing. */
export const silentLogger = (): Logger => createLogger({ name: 'test', level: 'silent' });
