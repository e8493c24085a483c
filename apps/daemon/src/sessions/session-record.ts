// What a daemon keeps of a session on disk, so that the next daemon knows it. Never its environment.
import path from 'node:path';
import {
  colsSchema,
  commandIdSchema,
  conversationIdSchema,
  epochSchema,
  instantSchema,
  pathSchema,
  profileNameSchema,
  reasonSchema,
  rowsSchema,
  sessionIdSchema,
  sessionLimitsSchema,
  sessionModeSchema,
  sessionOptionsSchema,
} from '@roundhouse/protocol';
import { z } from 'zod';
import { processRefSchema } from '@roundhouse/protocol';
import { readJsonFile, writeJsonFile } from '../state/json-file.js';

/** Conversations that one session may have had before: more than somebody would look through. */
const EARLIER_MAX = 20;

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
  /** The agent's own conversation, by which it is resumed. As daemons before this one know it: a UUID or nothing. */
  conversationId: z.uuid().nullable(),
  agent: processRefSchema.nullable(),
  socketPath: z.string().nullable(),
  startedAt: instantSchema.nullable(),
  // Optional: daemons before this one leave them out, and read the file without them.
  /** The conversation, whatever its id looks like. */
  conversation: conversationIdSchema.nullable().optional(),
  /** Conversations that the agent had before in this session, oldest first. */
  earlierConversations: z.array(conversationIdSchema).max(EARLIER_MAX).optional(),
  /** What was chosen at spawn; a resume repeats it. */
  options: sessionOptionsSchema.optional(),
  /** What this life may use at most. */
  limits: sessionLimitsSchema.optional(),
  /** Of the profile that it was started with last. */
  profileHash: z.string().max(64).optional(),
  /** What a person should know of how it was started. */
  notes: z.array(z.string().max(300)).max(10).optional(),
});
export type SessionRecord = z.infer<typeof sessionRecordSchema>;

/** The agent's own id of the conversation; null until it is known. */
export const conversationOf = ({ conversation, conversationId }: SessionRecord): string | null =>
  conversation ?? conversationId;

const isUuid = (id: string): boolean => z.uuid().safeParse(id).success;

/** Both fields of the id: one that is no UUID would make the file unreadable for a daemon before this one. */
export const withConversation = (id: string | null) => ({
  conversation: id,
  conversationId: id !== null && isUuid(id) ? id : null,
});

/** The id that the agent tells now, and those that it had, each once. */
export function learnConversation(record: SessionRecord, id: string) {
  const before = conversationOf(record);
  const earlier = [...(record.earlierConversations ?? []), ...(before === null ? [] : [before])];
  const others = [...new Set(earlier)].filter((each) => each !== id);
  return { ...withConversation(id), earlierConversations: others.slice(-EARLIER_MAX) };
}

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
