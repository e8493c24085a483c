// The cases of `profiles/fixtures` of kind `sidecar`: what a real shell wrote before each prompt, and what is shown of it.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ManualClock, newId } from '@roundhouse/kit';
import { loadProfileDirectories } from '@roundhouse/profiles/node';
import { sessionIdSchema } from '@roundhouse/protocol';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { SessionDir } from '../sessions/session-record.js';
import { Sidecars } from './sidecar.js';

const fixtures = fileURLToPath(new URL('../../../../profiles/fixtures', import.meta.url));
const { profiles } = await loadProfileDirectories([path.dirname(fixtures)]);
const caseSchema = z.object({ kind: z.literal('sidecar'), profile: z.string() });
const expectedSchema = z.object({ shown: z.array(z.record(z.string(), z.string())) });

const cases = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'case.yaml')
  .map((file) => path.dirname(file))
  .sort()
  .flatMap((name) => {
    const read = (file: string) => readFileSync(path.join(fixtures, name, file), 'utf8');
    const known = caseSchema.safeParse(parse(read('case.yaml')));
    return known.success ? [{ name, read, profile: known.data.profile }] : [];
  });

it.each(cases)('$name', async ({ read, profile: wanted }) => {
  const { shown } = expectedSchema.parse(parse(read('expected.yaml')));
  const base = await mkdtemp(path.join(tmpdir(), 'rh-sidecar-'));
  const sessionId = sessionIdSchema.parse(newId());
  const dir = new SessionDir(base, sessionId);
  await mkdir(dir.tmp, { recursive: true });
  const profileOf = (name: string) => profiles.find(({ profile }) => profile.name === name)?.profile;
  const sidecars = new Sidecars({ profileOf, clock: new ManualClock(), onChanged: () => undefined });
  try {
    sidecars.begun({ sessionId, epoch: 1, profile: wanted, cwd: '/', dir });
    const seen: unknown[] = [];
    for (const line of read('lines.jsonl').trim().split('\n')) {
      await writeFile(path.join(dir.tmp, `.agent-telemetry-${sessionId}`), `${line}\n`);
      await sidecars.look();
      seen.push(sidecars.report(sessionId, 1).sidecar);
    }
    expect(seen).toEqual(shown);
  } finally {
    sidecars.dispose();
    await rm(base, { recursive: true });
  }
});

it('has a case', () => {
  expect(cases.length).toBeGreaterThan(0);
});
