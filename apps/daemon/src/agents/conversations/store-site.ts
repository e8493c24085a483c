// Where the pattern of a store leads on this host: into the home, or where a variable has moved the agent's directory. Pure.
import path from 'node:path';

export interface StoreHost {
  readonly home: string;
  /** Of the daemon, as its agents get it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface StoreSite {
  /** Absolute. */
  readonly pattern: string;
  /** Nothing outside of it is looked at. */
  readonly root: string;
}

/** As shells have it: `${CLAUDE_CONFIG_DIR:-~/.claude}/projects/…`. */
const MOVED = /^\$\{(\w+):-([^{}]*)\}(.*)$/su;

export function siteOf(pattern: string, { home, env }: StoreHost): StoreSite {
  const [, variable = '', instead = '', rest = ''] = MOVED.exec(pattern) ?? [];
  const moved = env[variable] ?? '';
  if (path.isAbsolute(moved)) return { pattern: path.normalize(moved + rest), root: path.normalize(moved) };
  return { pattern: inHome(variable === '' ? pattern : instead + rest, home), root: path.normalize(home) };
}

const inHome = (pattern: string, home: string): string =>
  path.normalize(pattern.startsWith('~/') ? path.join(home, pattern.slice(2)) : pattern);
