// Settings from environment variables: one table per program, every problem reported at once with the
// variable's name, what it takes and an example, and a printout without secrets.
import { AppError, type FieldError } from '@roundhouse/protocol';
import type { z } from 'zod';

export interface EnvVariable<S extends z.ZodType = z.ZodType> {
  /** Parses the text of the variable. An unset or empty variable is not parsed: its value is undefined. */
  readonly schema: S;
  /** Completes "must be …", as in `a port number from 0 to 65535`. */
  readonly expects: string;
  readonly example: string;
  /** Never printed, in no message. */
  readonly secret?: boolean;
}

export type EnvTable = Readonly<Record<string, EnvVariable>>;
export type Env = Readonly<Record<string, string | undefined>>;
export type EnvValues<T extends EnvTable> = { readonly [K in keyof T]: z.output<T[K]['schema']> | undefined };

/** Every ROUNDHOUSE_* name that some part of Roundhouse reads or sets, so that only a misspelt one is refused. */
const productNames: ReadonlySet<string> = new Set([
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
  'ROUNDHOUSE_LOG_LEVEL',
  'ROUNDHOUSE_COMMIT',
  'ROUNDHOUSE_DEV_HUB',
  'ROUNDHOUSE_SESSION',
  'ROUNDHOUSE_SIDECAR',
]);
const productPrefix = 'ROUNDHOUSE_';
/** A wrong value is quoted so far; more would only hide the message. */
const quoteLimit = 60;

/** A row of an {@link EnvTable}, with its type inferred. */
export const envVariable = <S extends z.ZodType>(row: EnvVariable<S>): EnvVariable<S> => row;

/**
 * Reads the variables of the table.
 * @throws AppError CONFIG_INVALID with one field per wrong variable; unknown ROUNDHOUSE_* names are wrong.
 */
export function parseEnv<T extends EnvTable>(table: T, env: Env): EnvValues<T> {
  const problems = unknownNames(table, env);
  const values = new Map<string, unknown>();
  for (const [name, row] of Object.entries(table)) {
    const text = env[name]?.trim();
    if (text === undefined || text === '') continue;
    const parsed = row.schema.safeParse(text);
    if (parsed.success) values.set(name, parsed.data);
    else problems.push({ field: name, message: wrongValue(name, row, text) });
  }
  if (problems.length > 0) throw configError(problems);
  // Each value was made by the schema of its own row.
  return Object.fromEntries(values) as EnvValues<T>;
}

/** The error of a configuration, from what is wrong with each variable; the messages name the variable. */
export function configError(problems: readonly FieldError[], hint?: string): AppError {
  return new AppError('CONFIG_INVALID', {
    message: problems.map((problem) => problem.message).join('\n'),
    ...(hint === undefined ? {} : { hint }),
    fields: problems,
  });
}

/** `NAME=value` lines of what is set, secrets masked, for the log at start. */
export function describeEnv(table: EnvTable, env: Env): string[] {
  return Object.entries(table).flatMap(([name, row]) => {
    const text = env[name]?.trim() ?? '';
    if (text === '') return [];
    return [`${name}=${row.secret ? '********' : maskCredentials(text)}`];
  });
}

const maskCredentials = (text: string): string => text.replace(/\/\/[^/\s@]*@/g, '//********@');

function wrongValue(name: string, row: EnvVariable, text: string): string {
  const found = row.secret ? '' : ` (it is "${maskCredentials(text).slice(0, quoteLimit)}")`;
  return `${name} must be ${row.expects}, for example ${name}=${row.example}${found}`;
}

function unknownNames(table: EnvTable, env: Env): FieldError[] {
  const known = new Set([...productNames, ...Object.keys(table)]);
  const strange = Object.keys(env).filter((name) => name.startsWith(productPrefix) && !known.has(name));
  return strange.sort().map((name) => {
    const near = nearest(name, known);
    const message = near
      ? `${name} is not a setting: did you mean ${near}?`
      : `${name} is not a setting: remove it (settings: ${Object.keys(table).join(', ')})`;
    return { field: name, message };
  });
}

/** The known name within a third of the text's length of edits. */
function nearest(name: string, known: ReadonlySet<string>): string | null {
  const bare = name.slice(productPrefix.length);
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(bare.length / 3)) + 1;
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
