// JSON lines with redaction. Terminal bytes and secrets are never logged.
import { pino, type Logger as PinoLogger } from 'pino';
import { LogFile, type LogFileOptions } from './log-file.js';
import { redactPaths } from './redact.js';
import { ScrubbedLines } from './scrubbed-lines.js';

export type Logger = PinoLogger;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LoggerOptions {
  readonly name: string;
  readonly level?: LogLevel;
  /** Where lines go; default standard error, since standard output is for people. */
  readonly destination?: { write(line: string): void };
  /** A file instead of standard error. @throws AppError CONFIG_INVALID when it cannot be opened */
  readonly file?: LogFileOptions | null;
}

export function createLogger({ name, level = 'info', destination, file = null }: LoggerOptions): Logger {
  const sink = destination ??
    (file ? new LogFile(file) : null) ?? { write: (line: string) => void process.stderr.write(line) };
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
