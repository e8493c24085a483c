// Owns comparing a hub's database with itself: every row of every table, by its key, without the columns that live on.
import { isDeepStrictEqual } from 'node:util';
import { rehearsalColumns } from '../release/rehearsal.mjs';

/** What a running hub writes again by itself, by table. */
const living = {
  hosts: [
    ...['version', 'state', 'last_seen_at', 'generation', 'instance_id', 'outbox_seq'],
    ...['system', 'otlp', 'scanned_at', 'problem'],
  ],
  sessions: ['version', 'activity', 'sidecar'],
  user_sessions: ['last_seen_at', 'idle_expires_at'],
};
/** What is still being added up: only its key counts. */
const growing = [
  ...['activity_buckets', 'host_minutes', 'prompt_usage', 'session_usage', 'tool_buckets', 'usage_buckets'],
];
/** Counters that forget by design. */
const passing = ['login_throttle'];

const keyColumns = `SELECT c.table_name, string_agg(k.column_name, ',' ORDER BY k.ordinal_position)
  FROM information_schema.table_constraints c
  JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name, table_name)
  WHERE c.table_schema = 'public' AND c.constraint_type = 'PRIMARY KEY' GROUP BY 1 ORDER BY 1`;

/** Rows by table and key; of each what must stay. */
export async function allRows(compose) {
  const keys = new Map((await compose.sql(keyColumns)).split('\n').map((line) => line.split('|')));
  const selects = [...keys.keys()]
    .filter((table) => !passing.includes(table))
    .map((table) => `SELECT jsonb_build_array('${table}', to_jsonb(t)) FROM "${table}" t`);
  const lines = (await compose.sql(selects.join(' UNION ALL '))).split('\n').filter(Boolean);
  const rows = lines.map((line) => {
    const [table, row] = JSON.parse(line);
    const key = keys.get(table).split(',');
    const name = `${table} ${key.map((column) => row[column]).join(' ')}`;
    const without = [...(living[table] ?? []), ...rehearsalColumns];
    const kept = ([column]) => (growing.includes(table) ? key.includes(column) : !without.includes(column));
    return [name, Object.fromEntries(Object.entries(row).filter(kept))];
  });
  return new Map(rows);
}

/** What of `before` is gone or another in `after`, by the names of rows and columns. */
export function lost(before, after) {
  return [...before].flatMap(([name, row]) => {
    const now = after.get(name);
    if (!now) return [`${name} is gone`];
    const changed = Object.keys(row).filter((column) => !isDeepStrictEqual(row[column], now[column]));
    return changed.map((column) => `${name}: ${column} was ${shown(row[column])}, is ${shown(now[column])}`);
  });
}

/** Enough to see why; no secret stands in the beginning of a hash. */
const shown = (value) => JSON.stringify(value ?? null).slice(0, 120);
