// The Prisma client that features get: refuses at once while the database is away, lets go of what waits when it goes
// away, and turns connection errors into DB_UNAVAILABLE. Its types are those of the generated client.
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { PrismaClient } from '../../generated/prisma/client.js';
import { obstacleOf, toDatabaseError, type Obstacle } from './database-errors.js';
import type { Waiting } from './waiting.js';

/** For a connection of the pool: many requests at once wait for their turn, rather than that a person gets an error. */
const transactionWaitMs = 10_000;

export interface ClientGuard {
  /** What is under way; let go when the database goes away. */
  readonly waiting: Waiting;
  /** @throws AppError DB_UNAVAILABLE while the database is away. */
  check(): void;
  /** Called with each error that was turned into DB_UNAVAILABLE. */
  onAway(error: unknown): void;
  /** Called when a change was refused. */
  onObstacle(obstacle: Obstacle): void;
}

export interface GuardedClient {
  readonly client: PrismaClient;
  disconnect(): Promise<void>;
}

export function createGuardedClient(pool: pg.Pool, guard: ClientGuard): GuardedClient {
  const plain = new PrismaClient({
    adapter: new PrismaPg(pool),
    errorFormat: 'minimal',
    transactionOptions: { maxWait: transactionWaitMs },
  });
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    guard.check();
    try {
      return await guard.waiting.add(work());
    } catch (error) {
      const known = toDatabaseError(error);
      const obstacle = obstacleOf(error);
      if (obstacle) guard.onObstacle(obstacle);
      else if (known !== error) guard.onAway(error);
      throw known;
    }
  };
  const extended = plain.$extends({
    query: {
      $allOperations: ({ args, query }) => run(() => query(args)),
    },
  });
  // Query extensions do not see a transaction's own BEGIN and COMMIT: those are guarded here.
  const guarded = new Proxy(extended, {
    get(target, property): unknown {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== '$transaction' || typeof value !== 'function') return value;
      return (...args: unknown[]) => run(() => Reflect.apply(value, target, args) as Promise<unknown>);
    },
  });
  return {
    // An extension of queries changes no model's type; Prisma's own type for it hides that.
    client: guarded as unknown as PrismaClient,
    disconnect: () => plain.$disconnect(),
  };
}
