// What a daemon keeps of a session on disk, so that the next daemon knows it. Never its environment.
import path from 'node:path';
import {
  colsSchema,
  commandIdSchema,
  epochSchema,
  instantSchema,
  pathSchema,
  profileNameSchema,
  reasonSchema,
  rowsSchema,
  sessionIdSchema,
  sessionModeSchema,
} from '@roundhouse/protocol';
import { z } from 'zod';
import { processRefSchema } from '@roundhouse/protocol';
import { readJsonFile, writeJsonFile } from '../state/json-file.js';

export const sessionRecordSchema = z.object({
  version: z.literal(1),
  sessionId: sessionIdSchema,
  epoch: epochSchema,
  /** The command of this epoch. */
  commandId: commandIdSchema,
  profile: profileNameSchema,
  mode: sessionModeSchema,
  project: pathSchema,
  worktree: z.boolean(),
  cwd: pathSchema.nullable(),
  branch: z.string().nullable(),
  remoteUrl: z.string().nullable(),
  cols: colsSchema,
  rows: rowsSchema,
  state: z.enum(['starting', 'running', 'exited', 'failed', 'lost', 'interrupted']),
  reason: reasonSchema.nullable(),
  /** A stop was asked for; carried out by the next daemon if this one dies first. */
  stop: z.object({ force: z.boolean() }).nullable(),
  /** SHA-256 of the secret in the telemetry endpoint of this epoch. */
  telemetryTokenHash: z.string().nullable(),
  /** The agent's own conversation, by which it is resumed. */
  conversationId: z.uuid().nullable(),
  agent: processRefSchema.nullable(),
  socketPath: z.string().nullable(),
  startedAt: instantSchema.nullable(),
});
export type SessionRecord = z.infer<typeof sessionRecordSchema>;

/** Where the files of one session are. */
export class SessionDir {
  constructor(
    readonly stateDir: string,
    readonly sessionId: string,
  ) {}

  get path(): string {
    return path.join(this.stateDir, 'sessions', this.sessionId);
  }

  /** The keeper's directory of one epoch: output, exit, sizes. */
  epoch(epoch: number): string {
    return path.join(this.path, 'epochs', String(epoch));
  }

  /** What profiles call {tmpdir}. */
  get tmp(): string {
    return path.join(this.path, 'tmp');
  }

  /** Where the agent's hooks leave what they tell, one directory for each epoch. */
  hooks(epoch?: number): string {
    return path.join(this.path, 'hooks', ...(epoch === undefined ? [] : [String(epoch)]));
  }

  /** Files that configure the agent of this session alone. */
  get overlay(): string {
    return path.join(this.path, 'overlay');
  }

  /** Files that people pasted. */
  get uploads(): string {
    return path.join(this.path, 'uploads');
  }

  usage(epoch: number): string {
    return path.join(this.path, `usage-${String(epoch)}.json`);
  }

  read(): Promise<SessionRecord | null> {
    return readJsonFile(path.join(this.path, 'session.json'), sessionRecordSchema);
  }

  write(record: SessionRecord): Promise<void> {
    return writeJsonFile(path.join(this.path, 'session.json'), record);
  }
}
