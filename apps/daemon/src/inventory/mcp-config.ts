// Which MCP servers a configuration file names, and how they are reached. Pure: never a value, only names.
import { parseRelaxedJson } from '../state/relaxed-json.js';

export interface McpEntry {
  readonly name: string;
  readonly transport: 'stdio' | 'http' | 'sse' | 'unknown';
}

/** The keys under which agents keep their servers. */
const KEYS = ['mcpServers', 'mcp_servers', 'mcp'] as const;
const NAME_MAX = 200;
/** Servers of one file. */
const ENTRIES_MAX = 100;

/** Servers of a JSON file; also those that it keeps for one project (`projects.<cwd>.mcpServers`). */
export function mcpInJson(text: string, cwd: string): McpEntry[] {
  const root = parseRelaxedJson(text);
  const own = entriesOf(root);
  const forProject = entriesOf(field(field(root, 'projects'), cwd));
  return unique([...own, ...forProject]);
}

/** Servers of a TOML file: `[mcp_servers.name]` and the keys below it. No more of TOML is read than that. */
export function mcpInToml(text: string): McpEntry[] {
  const found = new Map<string, Record<string, string>>();
  let at: Record<string, string> | null = null;
  for (const line of text.split('\n')) {
    const name = HEADER.exec(line)?.groups;
    if (line.trimStart().startsWith('[')) {
      const key = name?.['quoted'] ?? name?.['bare'];
      at = key === undefined ? null : (found.get(key) ?? {});
      if (at && key !== undefined) found.set(key, at);
      continue;
    }
    const pair = /^\s*(\w+)\s*=\s*(?:"([^"]*)")?/.exec(line);
    if (at && pair?.[1] !== undefined) at[pair[1]] = pair[2] ?? '';
  }
  return unique([...found].map(([name, keys]) => ({ name, transport: transportOf(keys) })));
}

/** `[mcp_servers.name]` and `[mcp_servers."a name"]`, but no table below one. */
const HEADER = /^\s*\[\s*mcp_servers\s*\.\s*(?:"(?<quoted>[^"]+)"|(?<bare>[\w-]+))\s*\]/;

function entriesOf(root: unknown): McpEntry[] {
  return KEYS.flatMap((key) => {
    const servers = field(root, key);
    if (typeof servers !== 'object' || servers === null || Array.isArray(servers)) return [];
    return Object.entries(servers as Readonly<Record<string, unknown>>).flatMap(([name, server]) =>
      typeof server === 'object' && server !== null && !isOff(server)
        ? [{ name, transport: transportOf(server) }]
        : [],
    );
  });
}

const isOff = (server: object): boolean =>
  field(server, 'enabled') === false || field(server, 'disabled') === true;

function transportOf(server: object): McpEntry['transport'] {
  const said = field(server, 'type') ?? field(server, 'transport');
  if (said === 'sse') return 'sse';
  if (said === 'http' || said === 'streamable-http' || field(server, 'httpUrl') !== undefined) return 'http';
  if (said === 'stdio' || said === 'local' || field(server, 'command') !== undefined) return 'stdio';
  return field(server, 'url') === undefined ? 'unknown' : 'http';
}

function unique(entries: readonly McpEntry[]): McpEntry[] {
  const byName = new Map(
    entries.map(({ name, transport }) => [clean(name), { name: clean(name), transport }] as const),
  );
  byName.delete('');
  return [...byName.values()].slice(0, ENTRIES_MAX);
}

// eslint-disable-next-line no-control-regex -- control characters are what is removed
const clean = (name: string): string => name.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').slice(0, NAME_MAX);

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
