// The agents' own stores: found by pattern, read and never written, and no link followed out of the home.
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StoreRule } from '@roundhouse/profiles';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConversationStores } from './conversation-stores.js';
import { matcher } from './store-files.js';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** As Claude keeps them: the id is the file's name. */
const byName: StoreRule = {
  files: '~/.claude/projects/*/*.jsonl',
  id: { from: 'name', match: String.raw`([0-9a-f-]{36})\.jsonl$` },
  cwd: { from: 'line', key: 'cwd' },
  title: { from: 'line', key: 'message.content' },
};
/** As Codex does: it stands in the first line. */
const byLine: StoreRule = {
  files: '~/.codex/sessions/*/*/*/rollout-*.jsonl',
  id: { from: 'line', key: 'payload.id' },
  cwd: { from: 'line', key: 'payload.cwd' },
};
/** As Gemini does: of the directory there is only a hash. */
const hashed: StoreRule = {
  files: '~/.gemini/tmp/*/chats/session-*.jsonl',
  id: { from: 'line', key: 'sessionId' },
  cwd: { from: 'line', key: 'projectHash', hash: 'sha256' },
};

let base: string;
let home: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'rhc-')));
  home = join(base, 'home');
  mkdirSync(home);
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function put(file: string, lines: readonly unknown[], atS = 1_000): string {
  const full = join(home, file);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(
    full,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  utimesSync(full, atS, atS);
  return full;
}
const stores = (env = {}) => new ConversationStores({ home, env });

describe('a list', () => {
  it('is newest first, with title and directory, of one directory when asked', async () => {
    put(
      `.claude/projects/-a/${uuid(1)}.jsonl`,
      [{ type: 'queue' }, { cwd: '/a', message: { content: 'fix\nit  now' } }],
      10,
    );
    put(`.claude/projects/-a/${uuid(2)}.jsonl`, [{ cwd: '/a' }], 30);
    put(`.claude/projects/-b/${uuid(3)}.jsonl`, [{ cwd: '/b' }], 20);
    put('.claude/projects/-b/notes.jsonl', [{ cwd: '/b' }]);
    const all = await stores().list({ store: [byName] }, { limit: 10 });
    expect(all.map(({ id }) => id)).toEqual([uuid(2), uuid(3), uuid(1)]);
    expect(all[2]).toMatchObject({ title: 'fix it now', cwd: '/a', at: 10_000 });
    const some = await stores().list({ store: [byName] }, { cwd: '/a', limit: 1 });
    expect(some.map(({ id }) => id)).toEqual([uuid(2)]);
  });

  it('reads ids from lines and directories from their hash', async () => {
    put(`.codex/sessions/2026/11/21/rollout-x-${uuid(4)}.jsonl`, [{ payload: { id: uuid(4), cwd: '/a' } }]);
    const projectHash = createHash('sha256').update('/a').digest('hex');
    put('.gemini/tmp/dir/chats/session-1.jsonl', [{ sessionId: uuid(5), projectHash }]);
    const found = await stores().list({ store: [byLine, hashed] }, { cwd: '/a', limit: 10 });
    expect(found.map(({ id, cwd }) => [id, cwd])).toEqual([
      [uuid(4), '/a'],
      [uuid(5), '/a'],
    ]);
    expect(await stores().list({ store: [hashed] }, { cwd: '/b', limit: 10 })).toEqual([]);
  });

  it('passes over what is no JSON, cut off or of another shape', async () => {
    put(`.codex/sessions/2026/11/21/rollout-1.jsonl`, [
      'not json',
      '{"payload":{"id":7}}',
      '{"payload":{"id":"x',
    ]);
    put(`.codex/sessions/2026/11/21/rollout-2.jsonl`, ['\u0000\u0001'.repeat(100)]);
    expect(await stores().list({ store: [byLine] }, { limit: 10 })).toEqual([]);
  });
});

describe('one conversation', () => {
  it('is there, or not, or nobody can tell', async () => {
    expect(await stores().has({ store: [byName] }, uuid(1))).toBeNull();
    expect(await stores().has({}, uuid(1))).toBeNull();
    // The agent was there, and has kept nothing yet: Claude that is stopped in its very first turn.
    put('.claude/settings.json', [{}]);
    expect(await stores().has({ store: [byName] }, uuid(1))).toBe(false);
    expect(await stores().has({ store: [{ ...byName, files: '~/.other/*.jsonl' }] }, uuid(1))).toBeNull();
    put(`.claude/projects/-a/${uuid(1)}.jsonl`, [{ cwd: '/a' }]);
    expect(await stores().has({ store: [byName] }, uuid(1))).toBe(true);
    expect(await stores().has({ store: [byName] }, uuid(2))).toBe(false);
  });

  it('is where a variable has moved the directory of the agent', async () => {
    const rule = { ...byName, files: '${CLAUDE_CONFIG_DIR:-~/.claude}/projects/*/*.jsonl' };
    const moved = stores({ CLAUDE_CONFIG_DIR: join(home, 'moved') });
    expect(await moved.has({ store: [rule] }, uuid(1))).toBeNull();
    put('moved/settings.json', [{}]);
    put(`.claude/projects/-a/${uuid(1)}.jsonl`, [{ cwd: '/a' }]);
    expect(await moved.has({ store: [rule] }, uuid(1))).toBe(false);
    expect(await stores().has({ store: [rule] }, uuid(1))).toBe(true);
    put(`moved/projects/-a/${uuid(2)}.jsonl`, [{ cwd: '/a' }]);
    expect(await moved.has({ store: [rule] }, uuid(2))).toBe(true);
    expect((await moved.list({ store: [rule] }, { limit: 9 })).map(({ id }) => id)).toEqual([uuid(2)]);
  });

  it('is found by its line, whatever the name of its file', async () => {
    put('.codex/sessions/2026/11/21/rollout-z.jsonl', [{ payload: { id: uuid(4) } }]);
    expect(await stores().has({ store: [byLine] }, uuid(4))).toBe(true);
    expect(await stores().has({ store: [byLine] }, uuid(5))).toBe(false);
  });
});

describe('links', () => {
  it('out of the home are not followed, as a store, a directory or a file', async () => {
    const outside = join(base, 'outside');
    mkdirSync(join(outside, '-a'), { recursive: true });
    writeFileSync(join(outside, '-a', `${uuid(1)}.jsonl`), JSON.stringify({ cwd: '/secret' }));
    mkdirSync(join(home, '.claude'), { recursive: true });
    symlinkSync(outside, join(home, '.claude', 'projects'));
    expect(await stores().list({ store: [byName] }, { limit: 10 })).toEqual([]);
    rmSync(join(home, '.claude', 'projects'));
    mkdirSync(join(home, '.claude', 'projects', '-b'), { recursive: true });
    symlinkSync(join(outside, '-a'), join(home, '.claude', 'projects', '-a'));
    symlinkSync(
      join(outside, '-a', `${uuid(1)}.jsonl`),
      join(home, '.claude', 'projects', '-b', `${uuid(1)}.jsonl`),
    );
    expect(await stores().list({ store: [byName] }, { limit: 10 })).toEqual([]);
    expect(await stores().has({ store: [byName] }, uuid(1))).toBe(false);
  });

  it('inside the home are, on the way to the store', async () => {
    put(`dotfiles/claude/projects/-a/${uuid(1)}.jsonl`, [{ cwd: '/a' }]);
    symlinkSync(join(home, 'dotfiles', 'claude'), join(home, '.claude'));
    expect(await stores().has({ store: [byName] }, uuid(1))).toBe(true);
  });
});

it('reads a store of 10,000 conversations in a second, and writes nothing', async () => {
  for (let project = 0; project < 100; project += 1) {
    const dir = join(home, '.claude', 'projects', `-p${String(project)}`);
    mkdirSync(dir, { recursive: true });
    for (let n = 0; n < 100; n += 1) {
      const line = `${JSON.stringify({ cwd: `/p${String(project)}`, message: { content: 'x'.repeat(1_000) } })}\n`;
      writeFileSync(join(dir, `${uuid(project * 100 + n)}.jsonl`), line);
    }
  }
  const before = snapshot(home);
  const started = performance.now();
  const found = await stores().list({ store: [byName] }, { limit: 200 });
  const tookMs = performance.now() - started;
  expect(found).toHaveLength(200);
  // Alone it takes a third of a second; the rest is for a machine that does other things.
  expect(tookMs).toBeLessThan(3_000);
  expect(snapshot(home)).toEqual(before);
});

/** Path, size and time of everything below. */
function snapshot(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { size, mtimeMs, ctimeMs } = statSync(join(dir, name));
    return `${name} ${String(size)} ${String(mtimeMs)} ${String(ctimeMs)}`;
  });
}

it('takes "*" for any characters of one name, in linear time', () => {
  expect(matcher('rollout-*.jsonl')('rollout-a.jsonl')).toBe(true);
  expect(matcher('rollout-*.jsonl')('rollout-.json')).toBe(false);
  expect(matcher('a*b*c')('a-b-c')).toBe(true);
  expect(matcher('a*b*c')('abc')).toBe(true);
  expect(matcher('ab*ba')('aba')).toBe(false);
  expect(matcher('*')('anything')).toBe(true);
  expect(matcher('x')('y')).toBe(false);
  expect(matcher(`${'*a'.repeat(2_000)}b`)('a'.repeat(200_000))).toBe(false);
});
