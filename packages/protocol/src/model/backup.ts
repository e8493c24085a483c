// Backups that a hub makes of itself while it runs.
import { z } from 'zod';
import { instantSchema } from './common.js';

/** Most daily backups that are kept: a year, and more of them than a page or a disk likes. */
export const backupsKeptMax = 366;

export const backupFileSchema = z.object({
  /** In the directory of the backups. */
  name: z.string().max(200),
  at: instantSchema,
  bytes: z.number().nonnegative(),
});
export type BackupFile = z.infer<typeof backupFileSchema>;

export const backupsSchema = z.object({
  /** How many are kept of one each day; 0: none is made by itself. */
  keep: z.int().nonnegative(),
  /** Directory on the hub's machine. */
  dir: z.string().max(4096),
  encrypted: z.boolean(),
  /** One is being made now. */
  running: z.boolean(),
  /** Newest first. */
  items: z.array(backupFileSchema).max(backupsKeptMax),
  /** Why the last one was not made; null once one was. */
  failure: z.object({ at: instantSchema, message: z.string().max(1000) }).nullable(),
});
export type Backups = z.infer<typeof backupsSchema>;
