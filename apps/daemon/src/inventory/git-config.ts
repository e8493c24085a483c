// The remote of a repository, read from its config as text: git is never run for it.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { webUrl } from '../git/remote-url.js';

/** Most bytes read of a config; hand-written ones have a few KiB. */
const CONFIG_BYTES_MAX = 256 * 1024;
/** Longest address on the wire. */
const URL_MAX = 2048;

export interface GitConfigFacts {
  readonly bare: boolean;
  /** Web address of origin, without credentials. */
  readonly remoteUrl: string | null;
}

const NOTHING: GitConfigFacts = { bare: false, remoteUrl: null };

export async function readGitConfig(commonDir: string): Promise<GitConfigFacts> {
  const text = await readRegular(join(commonDir, 'config'));
  return text === null ? NOTHING : parseGitConfig(text);
}

/** Knows sections, comments and quotes; follows no include. */
export function parseGitConfig(text: string): GitConfigFacts {
  let section = '';
  let bare = false;
  let remoteUrl: string | null = null;
  for (const line of text.split('\n')) {
    const header = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line);
    const rest = header ? line.slice(header[0].length) : line;
    if (header) section = `${(header[1] ?? '').toLowerCase()}.${header[2] ?? ''}`;
    const [, key, value] = /^\s*([\w-]+)\s*=\s*(.*)$/.exec(rest) ?? [];
    if (key === undefined || value === undefined) continue;
    const name = `${section}.${key.toLowerCase()}`;
    if (name === 'core..bare') bare = /^(true|yes|on|1)$/i.test(plain(value));
    if (name === 'remote.origin.url') remoteUrl ??= shortened(webUrl(plain(value)));
  }
  return { bare, remoteUrl };
}

/** The value without its comment, quotes and escapes. */
function plain(value: string): string {
  const parts = value.matchAll(/"((?:[^"\\]|\\.)*)"|\\(.)|([#;].*)|([^"\\#;]+)/g);
  const text = [...parts].map(([, quoted, escaped, , bare]) => quoted ?? escaped ?? bare ?? '').join('');
  return text.replace(/\\(.)/g, '$1').trim();
}

const shortened = (url: string | null): string | null => (url !== null && url.length <= URL_MAX ? url : null);

/** Opened without following a link and without waiting, so that a FIFO in a repository cannot hang us. */
async function readRegular(file: string): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => null);
  if (!handle) return null;
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > CONFIG_BYTES_MAX) return null;
    const buffer = Buffer.alloc(stat.size);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}
