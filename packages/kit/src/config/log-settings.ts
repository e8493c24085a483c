// DATA: the settings of a log file, the same for hub and daemon, and what they make.
import path from 'node:path';
import { z } from 'zod';
import type { LogFileOptions } from '../log-file.js';
import { setting, type SettingValues } from './settings-table.js';

const mib = 1024 * 1024;
const number = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));

export const logFileSettings = {
  ROUNDHOUSE_LOG_FILE: setting({
    schema: z.string().refine((text) => path.isAbsolute(text)),
    key: 'log_file',
    topic: 'log',
    help: 'A file for the log instead of standard error. Hub and daemon on one machine need a file each.',
    expects: 'an absolute path',
    example: '/var/log/roundhouse/roundhouse.log',
    default: '',
  }),
  ROUNDHOUSE_LOG_MAX_MB: setting({
    schema: number(1, 1024),
    key: 'log_max_mb',
    topic: 'log',
    help: 'The log file is turned over when it would grow beyond so many MiB.',
    expects: 'a number of MiB from 1 to 1024',
    example: '10',
    default: '10',
  }),
  ROUNDHOUSE_LOG_KEEP: setting({
    schema: number(0, 100),
    key: 'log_keep',
    topic: 'log',
    help: 'Old log files that are kept.',
    expects: 'a number from 0 to 100',
    example: '5',
    default: '5',
  }),
};

/** Null: the log goes to standard error. */
export function logFileOf(values: SettingValues<typeof logFileSettings>): LogFileOptions | null {
  const {
    ROUNDHOUSE_LOG_FILE: file,
    ROUNDHOUSE_LOG_MAX_MB: max = 10,
    ROUNDHOUSE_LOG_KEEP: keep = 5,
  } = values;
  return file === undefined ? null : { file, maxBytes: max * mib, keep };
}
