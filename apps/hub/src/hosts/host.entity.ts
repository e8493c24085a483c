// From a row of the database to the host that browsers see.
import { z } from 'zod';
import {
  hostProfileSchema,
  hostSchema,
  otlpStatusSchema,
  profileProblemSchema,
  projectInfoSchema,
  systemInfoSchema,
  type Host,
} from '@roundhouse/protocol';
import type { Prisma } from '../generated/prisma/client.js';

/** What a row is read with: the join token that is still open, for its expiry. */
export const hostInclude = {
  joinTokens: {
    where: { usedAt: null, revokedAt: null },
    orderBy: { createdAt: 'desc' },
    take: 1,
    select: { expiresAt: true },
  },
} as const satisfies Prisma.HostInclude;

export type HostRow = Prisma.HostGetPayload<{ include: typeof hostInclude }>;

const iso = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;

/** The stored report, or nothing when an older version wrote it in another shape. */
const stored = <S extends z.ZodType, F>(schema: S, value: unknown, fallback: F): z.output<S> | F => {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : fallback;
};

export function toHost(row: HostRow): Host {
  return {
    id: hostSchema.shape.id.parse(row.id),
    version: row.version,
    name: row.name,
    state: hostSchema.shape.state.parse(row.state),
    lastSeenAt: iso(row.lastSeenAt),
    createdAt: row.createdAt.toISOString(),
    daemonVersion: row.daemonVersion,
    joinTokenExpiresAt: iso(row.joinTokens[0]?.expiresAt),
    keySince: iso(row.keySince),
    hasKey: row.publicKey !== null,
    projectRoots: row.projectRoots,
    projects: stored(z.array(projectInfoSchema), row.projects, []),
    profiles: stored(z.array(hostProfileSchema), row.profiles, []),
    profileProblems: stored(z.array(profileProblemSchema), row.profileProblems, []),
    system: stored(systemInfoSchema, row.system, null),
    otlp: stored(otlpStatusSchema, row.otlp, null),
    scannedAt: iso(row.scannedAt),
    problem: stored(hostSchema.shape.problem, row.problem, null),
  };
}
