// The contract of `profiles/fixtures/<agent>/<case>`: every shipped agent has a case that expects something, and says where
// it comes from. The cases themselves are replayed by the daemon's specs.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadProfileDirectories } from './node/load-directories.js';

const profiles = fileURLToPath(new URL('../../../profiles', import.meta.url));

const file = z.string().min(1);
const given = { profile: z.string() };
const caseSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...given,
    kind: z.literal('pty'),
    ...{ cols: z.int(), rows: z.int(), output: file, times: file, hooks: file.optional() },
  }),
  z.strictObject({ ...given, kind: z.literal('otlp') }),
  z.strictObject({ ...given, kind: z.literal('events') }),
  z.strictObject({ ...given, kind: z.literal('transcript') }),
  z.strictObject({ ...given, kind: z.literal('status-line') }),
  z.strictObject({ ...given, kind: z.literal('sidecar') }),
]);
type Case = z.output<typeof caseSchema>;

const states = z.object({ states: z.array(z.object({ at: z.number(), kind: z.string() })).min(1) });
const totals = z.object({
  totals: z.record(z.string(), z.unknown()).refine((all) => Object.keys(all).length > 0),
});
const shown = z.object({ shown: z.array(z.record(z.string(), z.unknown())).min(1) });

/** Only what a person may see; an agent's own absolute paths stand below this one. */
const foreignPath = /(?<![\w.-])\/(?:root|tmp|home\/(?!dev\/project)|Users|work|mnt)\/[\w.-]+/;
const secret = /\b(?:sk|gh[oprsu]|github_pat|AIza)[-_][\w-]{16,}/;

/** What is wrong with a folder of cases, one line each. */
function faultsOf(root: string, agents: readonly string[]): string[] {
  const folders = readdirSync(root);
  const strangers = folders.filter((name) => !agents.includes(name)).map((name) => `${name}: is no profile`);
  const ofCases = folders
    .filter((name) => agents.includes(name))
    .flatMap((agent) =>
      readdirSync(join(root, agent)).flatMap((name) =>
        caseFaults(join(root, agent, name), agent).map((fault) => `${agent}/${name}: ${fault}`),
      ),
    );
  const without = agents.filter(
    (agent) => !folders.includes(agent) || readdirSync(join(root, agent)).length === 0,
  );
  return [...strangers, ...ofCases, ...without.map((agent) => `${agent}: has no case`)];
}

function caseFaults(directory: string, agent: string): string[] {
  const files = readdirSync(directory);
  for (const needed of ['case.yaml', 'expected.yaml'])
    if (!files.includes(needed)) return [`has no ${needed}`];
  const text = (name: string) => readFileSync(join(directory, name), 'utf8');
  const known = caseSchema.safeParse(parse(text('case.yaml')));
  if (!known.success) return [`case.yaml: ${z.prettifyError(known.error)}`];
  const expected: unknown = parse(text('expected.yaml'));
  const missing = filesOf(known.data, files).filter((name) => !files.includes(name));
  return [
    ...(known.data.profile === agent ? [] : [`is a case of ${known.data.profile}`]),
    ...(text('case.yaml').startsWith('# ') ? [] : ['does not say where it comes from']),
    ...(expectationOf(known.data).safeParse(expected).success ? [] : ['expects nothing']),
    ...missing.map((name) => `has no ${name}`),
    ...files.flatMap((name) => {
      const found = foreignPath.exec(text(name)) ?? secret.exec(text(name));
      return found ? [`${name} has ${found[0]}`] : [];
    }),
  ];
}

const expectationOf = ({ kind }: Case): z.ZodType =>
  kind === 'pty' ? states : kind === 'sidecar' ? shown : totals;

/** What the case is made of; one body of OTLP is enough. */
function filesOf(known: Case, files: readonly string[]): string[] {
  if (known.kind === 'pty')
    return [known.output, known.times, ...(known.hooks === undefined ? [] : [known.hooks])];
  if (known.kind === 'otlp')
    return [files.find((name) => /-(logs|metrics|traces)\.(json|bin)$/.test(name)) ?? '01-logs.json'];
  return [known.kind === 'events' ? 'events.jsonl' : 'lines.jsonl'];
}

it('every shipped agent has a case that expects something', async () => {
  const { profiles: loaded } = await loadProfileDirectories([profiles]);
  const agents = loaded.map(({ profile }) => profile.name);
  expect(faultsOf(join(profiles, 'fixtures'), agents)).toEqual([]);
});

describe('the contract sees', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'rh-cases-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const put = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  const good = {
    'a/one/case.yaml': '# Recorded.\nkind: otlp\nprofile: a\n',
    'a/one/expected.yaml': 'totals: { requests: 1 }\n',
    'a/one/01-logs.json': '{}',
  };
  const faults = (changes: Readonly<Record<string, string>>) => {
    put({ ...good, ...changes });
    return faultsOf(root, ['a']);
  };

  it('nothing wrong with a whole case', () => {
    expect(faults({})).toEqual([]);
  });

  it.each([
    ['an unknown agent', { 'b/one/case.yaml': '' }, 'b: is no profile'],
    [
      'a case of another agent',
      { 'a/one/case.yaml': '# R\nkind: otlp\nprofile: b\n' },
      'a/one: is a case of b',
    ],
    ['a case that expects nothing', { 'a/one/expected.yaml': 'totals: {}\n' }, 'a/one: expects nothing'],
    ['an empty expectation', { 'a/one/expected.yaml': '' }, 'a/one: expects nothing'],
    ['no expectation', { 'a/two/case.yaml': '# R\nkind: otlp\nprofile: a\n' }, 'a/two: has no expected.yaml'],
    ['a case that does not say what it is', { 'a/two/expected.yaml': '' }, 'a/two: has no case.yaml'],
    [
      'no source',
      { 'a/one/case.yaml': 'kind: otlp\nprofile: a\n' },
      'a/one: does not say where it comes from',
    ],
    ['no lines', { 'a/one/case.yaml': '# R\nkind: events\nprofile: a\n' }, 'a/one: has no events.jsonl'],
    ['a path of the machine', { 'a/one/01-logs.json': '"/root/x"' }, 'a/one: 01-logs.json has /root/x'],
  ])('%s', (_, changes, fault) => {
    expect(faults(changes)).toEqual([fault]);
  });

  it('a kind that nothing replays', () => {
    expect(faults({ 'a/one/case.yaml': '# R\nkind: video\nprofile: a\n' })).toEqual([
      expect.stringContaining('a/one: case.yaml'),
    ]);
  });

  it('an agent without a case', () => {
    put(good);
    rmSync(join(root, 'a/one'), { recursive: true });
    expect(faultsOf(root, ['a', 'b'])).toEqual(['a: has no case', 'b: has no case']);
  });
});
