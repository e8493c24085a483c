import { appendFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock, silentLogger } from '@roundhouse/kit';
import { sessionIdSchema } from '@roundhouse/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { meaningOf } from '../../otlp/meaning.js';
import type { Statement } from '../../otlp/statements.js';
import { readTail, tailMax } from './transcript-tail.js';
import { Transcripts } from './transcripts.js';

const sessionId = sessionIdSchema.parse('1a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f01');
const meaning = meaningOf({
  transcript: {
    files: '~/store/*-{conversation}.jsonl',
    where: { type: '^count$' },
    fields: { context_used: ['used'] },
  },
});

let directory: string;
let file: string;
let conversation: string | null;
let told: Statement[];
let looked: string[];
let transcripts: Transcripts;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'roundhouse-transcript-'));
  file = path.join(directory, 'a-one.jsonl');
  conversation = 'one';
  [told, looked] = [[], []];
  transcripts = new Transcripts({
    meaningOf: (name) => (name === 'agent' ? meaning : null),
    conversationOf: () => conversation,
    find: (pattern) => {
      looked.push(pattern);
      return Promise.resolve([
        { path: path.join(directory, 'older.jsonl'), at: 1 },
        { path: file, at: 2 },
      ]);
    },
    telemetry: {
      takeStatement: (_source, statement) => {
        told.push(statement);
        return Promise.resolve();
      },
    },
    clock: new ManualClock(),
    logger: silentLogger(),
  });
});
afterEach(async () => {
  transcripts.dispose();
  await rm(directory, { recursive: true, force: true });
});

const count = (used: number): string => `${JSON.stringify({ type: 'count', used })}\n`;
const documents = () => told.map(({ document }) => document);

it('tells the last line that counts, and each new one as it is written', async () => {
  await writeFile(file, `${count(1)}${count(2)}{"type":"other"}\nno json\n`);
  transcripts.begun({ sessionId, epoch: 1, profile: 'agent' });
  await transcripts.look();
  await transcripts.look();
  await appendFile(file, count(3).slice(0, 8));
  await transcripts.look();
  expect(documents()).toEqual([{ type: 'count', used: 2 }]);
  await appendFile(file, count(3).slice(8));
  await transcripts.look();
  expect(documents().at(-1)).toEqual({ type: 'count', used: 3 });
  expect(looked).toEqual(['~/store/*-one.jsonl']);
});

it('follows another conversation, and nothing before one is known or after the end', async () => {
  conversation = null;
  transcripts.begun({ sessionId, epoch: 2, profile: 'agent' });
  transcripts.begun({
    sessionId: sessionIdSchema.parse(sessionId.replace('1a', '2a')),
    epoch: 1,
    profile: 'none',
  });
  await transcripts.look();
  expect(looked).toEqual([]);
  conversation = '../../etc/*';
  await transcripts.look();
  expect(looked).toEqual([]);
  conversation = 'two';
  await transcripts.look();
  expect(looked).toEqual(['~/store/*-two.jsonl']);
  transcripts.ended({ sessionId, epoch: 1 });
  await writeFile(file, count(5));
  for (let poll = 0; poll < 6; poll += 1) await transcripts.look();
  expect(documents()).toEqual([{ type: 'count', used: 5 }]);
  transcripts.ended({ sessionId, epoch: 2 });
  await appendFile(file, count(6));
  await transcripts.look();
  expect(told).toHaveLength(1);
});

it('reads the end of a large file, begins anew with a shorter one, and follows no link', async () => {
  await writeFile(file, `${'x'.repeat(tailMax * 2)}\n${count(7)}`);
  const first = await readTail(file, 0);
  expect(first.lines).toEqual([count(7).trim()]);
  await writeFile(file, count(8));
  expect((await readTail(file, first.offset)).lines).toEqual([count(8).trim()]);
  await symlink(file, path.join(directory, 'link.jsonl'));
  await expect(readTail(path.join(directory, 'link.jsonl'), 0)).rejects.toThrow();
});
