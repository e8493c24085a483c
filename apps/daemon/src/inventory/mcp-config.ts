// Which MCP servers a configuration file names, and how they are reached. Pure: never a value, only names.

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
  const root = parse(text);
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

/** JSON, also with comments and commas at the end, as some agents allow; null when it is neither. */
function parse(text: string): unknown {
  for (const candidate of [text, withoutComments(text)]) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {
      // The next one, or nothing.
    }
  }
  return null;
}

/** Strings stay as they are; comments go, and a comma before a closing bracket. One pass, whatever the text. */
function withoutComments(text: string): string {
  const kept: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = pieceEnd(text, at);
    const piece = text.slice(at, end);
    if (!piece.startsWith('//') && !piece.startsWith('/*')) {
      if (/^[}\]]$/.test(piece)) dropComma(kept);
      kept.push(piece);
    }
    at = end;
  }
  return kept.join('');
}

/** Where the string, comment or character that begins here ends. */
function pieceEnd(text: string, at: number): number {
  const begin = text.slice(at, at + 2);
  if (begin.startsWith('"')) return stringEnd(text, at + 1);
  if (begin !== '//' && begin !== '/*') return at + 1;
  const closing = begin === '//' ? '\n' : '*/';
  const end = text.indexOf(closing, at + 2);
  return end < 0 ? text.length : end + (begin === '//' ? 0 : 2);
}

function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function dropComma(kept: string[]): void {
  let last = kept.length - 1;
  while (last >= 0 && (kept[last] ?? '').trim() === '') last -= 1;
  if (kept[last] === ',') kept.splice(last, 1);
}
