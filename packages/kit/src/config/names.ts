// Names that are no settings, and which one was meant.
import type { FieldError } from '@roundhouse/protocol';
import { fileVariable, type Env, type SettingsTable } from './settings-table.js';

/**
 * Every ROUNDHOUSE_* name that some part of Roundhouse reads or sets, so that only a misspelt one is refused: hub and
 * daemon may have one environment.
 */
const productNames: readonly string[] = [
  'ROUNDHOUSE_CONFIG',
  'ROUNDHOUSE_PORT',
  'ROUNDHOUSE_HOST',
  'ROUNDHOUSE_STATE_DIR',
  'ROUNDHOUSE_PUBLIC_URL',
  'ROUNDHOUSE_ALLOWED_HOSTS',
  'ROUNDHOUSE_TRUSTED_PROXIES',
  'ROUNDHOUSE_TLS',
  'ROUNDHOUSE_TLS_CERT',
  'ROUNDHOUSE_TLS_KEY',
  'ROUNDHOUSE_DAEMON_IMAGE',
  'ROUNDHOUSE_USAGE_RETENTION',
  'ROUNDHOUSE_BACKUP_DIR',
  'ROUNDHOUSE_BACKUP_KEEP',
  'ROUNDHOUSE_BACKUP_PASSPHRASE',
  'ROUNDHOUSE_BACKUP_PASSPHRASE_FILE',
  'ROUNDHOUSE_KEEPERS',
  'ROUNDHOUSE_SPOOL_MB',
  'ROUNDHOUSE_SCROLLBACK',
  'ROUNDHOUSE_LOG_LEVEL',
  'ROUNDHOUSE_LOG_FILE',
  'ROUNDHOUSE_LOG_MAX_MB',
  'ROUNDHOUSE_LOG_KEEP',
  'ROUNDHOUSE_COMMIT',
  'ROUNDHOUSE_UPDATE_CHECK_URL',
  'ROUNDHOUSE_DEV_HUB',
  'ROUNDHOUSE_SESSION',
  'ROUNDHOUSE_SIDECAR',
];
const productPrefix = 'ROUNDHOUSE_';

export function unknownVariables(table: SettingsTable, env: Env): FieldError[] {
  const secrets = Object.entries(table).filter(([, row]) => row.secret);
  const known = new Set([
    ...productNames,
    ...Object.keys(table),
    ...secrets.map(([name]) => fileVariable(name)),
  ]);
  const strange = Object.keys(env).filter((name) => name.startsWith(productPrefix) && !known.has(name));
  return strange.sort().map((name) => {
    const near = nearest(name, known, productPrefix.length);
    const message = near
      ? `${name} is not a setting: did you mean ${near}?`
      : `${name} is not a setting: remove it (settings: ${Object.keys(table).join(', ')})`;
    return { field: name, message };
  });
}

/** The known name within a third of the text's length of edits; `shared` letters at the start count for nothing. */
export function nearest(name: string, known: Iterable<string>, shared = 0): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor((name.length - shared) / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
