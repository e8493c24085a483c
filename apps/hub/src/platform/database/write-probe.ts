// Asks over a connection of its own whether the database takes changes.
import type pg from 'pg';
import { isDatabaseAway, obstacleOf, type Obstacle } from './database-errors.js';

/** More than the room that is left in pages which are there already: those take small rows on the fullest disk. */
const probeBytes = 64 * 1024;

/** A full disk stays full for minutes, and each attempt leaves a line in PostgreSQL's log, perhaps on that disk. */
export const probeEveryMs = 5_000;

/**
 * Also the ping: whoever answers this is alive. A standby says so, and a server that was set read-only for everybody.
 * @param mayWrite whether it is time to try, where the disk was full
 */
export async function readObstacle(
  client: pg.Client,
  before: Obstacle | null,
  mayWrite: boolean,
): Promise<Obstacle | null> {
  const sql = `SELECT current_setting('transaction_read_only') AS "readOnly"`;
  const { rows } = await client.query<{ readOnly: string }>(sql);
  if (rows[0]?.readOnly === 'on') return 'read-only';
  if (before !== 'full') return null;
  return mayWrite ? tryToWrite(client) : before;
}

/** That a disk is full shows only when something is written: rolled back, whatever comes of it. */
async function tryToWrite(client: pg.Client): Promise<Obstacle | null> {
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO hub_state (key, value, updated_at)
       SELECT 'write-probe', to_jsonb(string_agg(md5(random()::text), '')), now() FROM generate_series(1, $1::int)`,
      [probeBytes / 32],
    );
    return null;
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    // Whatever else is wrong with this write is not that changes are refused.
    return obstacleOf(error);
  } finally {
    await client.query('ROLLBACK');
  }
}
