// MCP servers of an agent: names and transport from JSON and TOML, and never a value.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseProfile } from '@roundhouse/profiles';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mcpInJson, mcpInToml } from './mcp-config.js';
import { readMcpServers } from './mcp.js';

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'rhm-')));
  mkdirSync(join(base, 'home'));
  mkdirSync(join(base, 'project'));
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

const secret = 'sk-canary-000';

it('names the servers of a JSON file, of all and of this project, and how they are reached', () => {
  const servers = {
    mcpServers: {
      git: { command: 'uvx', args: ['mcp-git'], env: { TOKEN: secret } },
      docs: { type: 'http', url: `https://example.org/?key=${secret}` },
      feed: { type: 'sse', url: 'https://example.org' },
      gone: { command: 'x', disabled: true },
      odd: 7,
    },
    projects: {
      '/p': { mcpServers: { local: { httpUrl: 'http://127.0.0.1' } } },
      '/q': { mcpServers: { other: {} } },
    },
  };
  const found = mcpInJson(JSON.stringify(servers), '/p');
  expect(found).toEqual([
    { name: 'git', transport: 'stdio' },
    { name: 'docs', transport: 'http' },
    { name: 'feed', transport: 'sse' },
    { name: 'local', transport: 'http' },
  ]);
  expect(JSON.stringify(found)).not.toContain(secret);
});

it("reads opencode's key, comments and commas at the end", () => {
  const text = `{
    // mine
    "mcp": { "a": { "type": "local", "command": ["x"] }, /* "b": {}, */ "c": { "url": "http://x//y" }, },
  }`;
  expect(mcpInJson(text, '/p')).toEqual([
    { name: 'a', transport: 'stdio' },
    { name: 'c', transport: 'http' },
  ]);
  expect(mcpInJson('[', '/p')).toEqual([]);
});

it('takes no longer than it has to for a file that was made to be slow', () => {
  const started = performance.now();
  for (const text of ['/*'.repeat(300_000), `"${'\\"'.repeat(300_000)}`, `[${',   '.repeat(200_000)}]`])
    expect(mcpInJson(text, '/p')).toEqual([]);
  expect(performance.now() - started).toBeLessThan(3_000);
});

it('reads the tables of a TOML file', () => {
  const text = `model = "x"
[mcp_servers.git]
command = "uvx"
[mcp_servers.git.env]
TOKEN = "${secret}"
[mcp_servers."my docs"]
url = "https://example.org/mcp"
[other]
url = "no"
`;
  const found = mcpInToml(text);
  expect(found).toEqual([
    { name: 'git', transport: 'stdio' },
    { name: 'my docs', transport: 'http' },
  ]);
  expect(JSON.stringify(found)).not.toContain(secret);
});

it('follows no file out of the project', async () => {
  const profile = parseProfile({ name: 'x', mcp: { project_file: '.mcp.json', user_files: ['~/.x.toml'] } });
  const place = { cwd: join(base, 'project'), home: join(base, 'home') };
  expect(await readMcpServers(profile, place)).toEqual([]);
  writeFileSync(join(base, 'outside.json'), JSON.stringify({ mcpServers: { bad: { command: 'x' } } }));
  symlinkSync(join(base, 'outside.json'), join(base, 'project', '.mcp.json'));
  writeFileSync(join(base, 'home', '.x.toml'), '[mcp_servers.mine]\ncommand = "y"\n');
  expect(await readMcpServers(profile, place)).toEqual([{ name: 'mine', transport: 'stdio', scope: 'user' }]);
});
