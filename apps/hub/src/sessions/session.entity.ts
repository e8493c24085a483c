// From a row of the database to the session that browsers see.
import { AppError, sessionSchema, type Session } from '@roundhouse/protocol';
import type { Session as Row } from '../generated/prisma/client.js';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** @throws AppError INTERNAL when the row is not what this version writes */
export function toSession(row: Row): Session {
  const parsed = sessionSchema.safeParse({
    ...row,
    tokens: {
      input: Number(row.inputTokens),
      output: Number(row.outputTokens),
      cacheRead: Number(row.cacheReadTokens),
      cacheCreation: Number(row.cacheCreationTokens),
      reasoning: Number(row.reasoningTokens),
    },
    costNanos: Number(row.costNanos),
    unpricedTokens: Number(row.unpricedTokens),
    context: contextOf(row),
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    endedAt: iso(row.endedAt),
    deadlineAt: iso(row.deadlineAt),
  });
  if (parsed.success) return parsed.data;
  throw new AppError('INTERNAL', { message: 'A stored session cannot be read', cause: parsed.error });
}

const contextOf = ({ contextUsed, contextWindow, contextSource }: Row): object | null =>
  contextUsed === null
    ? null
    : { used: contextUsed, window: contextWindow, source: contextSource ?? undefined };
