// The MCP servers that an agent will have in a directory: names and transport from the files that its profile lists.
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Profile } from '@roundhouse/profiles';
import { isUnder } from './path-confinement.js';
import { mcpInJson, mcpInToml, type McpEntry } from './mcp-config.js';

export interface McpFound extends McpEntry {
  readonly scope: 'project' | 'user';
}

/** A file of settings; one that also keeps histories may be larger and is not read. Bytes. */
const FILE_MAX = 4 * 1024 * 1024;
const FOUND_MAX = 100;

export interface McpPlace {
  readonly cwd: string;
  readonly home: string;
}

/** Files that are missing, too large, or lead out of project and home are passed over. */
export async function readMcpServers({ mcp }: Profile, { cwd, home }: McpPlace): Promise<McpFound[]> {
  const found: McpFound[] = [];
  const take = async (file: string, root: string, scope: McpFound['scope']): Promise<void> => {
    const text = await readInside(file, root);
    if (text === null) return;
    const entries = file.endsWith('.toml') ? mcpInToml(text) : mcpInJson(text, cwd);
    found.push(...entries.map((entry) => ({ ...entry, scope })));
  };
  if (mcp?.project_file !== undefined) await take(path.join(cwd, mcp.project_file), cwd, 'project');
  for (const file of mcp?.user_files ?? []) {
    await take(file.startsWith('~/') ? path.join(home, file.slice(2)) : file, home, 'user');
  }
  return found.slice(0, FOUND_MAX);
}

async function readInside(file: string, root: string): Promise<string | null> {
  const [real, realRoot] = await Promise.all([
    realpath(file).catch(() => null),
    realpath(root).catch(() => null),
  ]);
  if (real === null || realRoot === null || !isUnder(real, realRoot)) return null;
  const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => null,
  );
  if (!handle) return null;
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size > FILE_MAX) return null;
    return await handle.readFile('utf8');
  } catch {
    return null;
  } finally {
    await handle.close().catch(() => undefined);
  }
}
