// The recordings of real agents in `profiles/fixtures/<agent>/<case>` of kind `pty`, replayed with their times: the profile's
// signals must tell each expected state within a second. An agent is added with files alone.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ManualClock, newId, silentLogger } from '@roundhouse/kit';
import { loadProfileDirectories } from '@roundhouse/profiles/node';
import { sessionIdSchema, type Activity } from '@roundhouse/protocol';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { SessionDir } from '../../sessions/session-record.js';
import { Emulator } from '../../terminal/screen/emulator.js';
import { PatternGuard } from '../../terminal/screen/pattern-guard.js';
import { ScreenSignals } from '../../terminal/screen/screen-signals.js';
import { SignalPace } from '../../terminal/screen/signal-pace.js';
import { StatusBook } from './status-book.js';

const fixtures = fileURLToPath(new URL('../../../../../profiles/fixtures', import.meta.url));
const { profiles } = await loadProfileDirectories([path.dirname(fixtures)]);

const caseSchema = z.object({
  kind: z.literal('pty'),
  profile: z.string(),
  cols: z.int(),
  rows: z.int(),
  output: z.string(),
  times: z.string(),
  hooks: z.string().optional(),
});
/** `at`: seconds, when a person who looks at the screen sees it. */
const stateSchema = z.object({
  at: z.number(),
  kind: z.string(),
  for: z.string().nullable().default(null),
  ask: z.record(z.string(), z.string()).optional(),
});
const expectedSchema = z.object({ states: z.array(stateSchema) });
const hookSchema = z.object({
  at: z.number(),
  event: z.string(),
  payload: z.record(z.string(), z.unknown()),
});

/** An agent's hook may be a little ahead of its own screen. Seconds. */
const earlyMax = 0.35;
const lateMax = 1;

const cases = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'expected.yaml')
  .map((file) => path.dirname(file))
  .sort()
  .flatMap((name) => {
    const read = (file: string) => readFileSync(path.join(fixtures, name, file), 'utf8');
    const known = caseSchema.safeParse(parse(read('case.yaml')));
    return known.success ? [{ name, read, ...known.data }] : [];
  });

it.each(cases)('$name', async ({ name, read, ...recorded }) => {
  const { states } = expectedSchema.parse(parse(read('expected.yaml')));
  const seen = await replay(name, read, recorded);
  const line = (kind: string, waitsFor: string | null) => (waitsFor === null ? kind : `${kind}(${waitsFor})`);
  expect(seen.map(({ kind, waitsFor }) => line(kind, waitsFor))).toEqual(
    states.map((state) => line(state.kind, state.for)),
  );
  for (const [index, { at, ask }] of states.entries()) {
    const found = seen[index];
    expect(found?.at, `moment of state ${String(index)}`).toBeGreaterThanOrEqual(at - earlyMax);
    expect(found?.at, `moment of state ${String(index)}`).toBeLessThanOrEqual(at + lateMax);
    if (ask) expect(found?.ask).toMatchObject(ask);
  }
});

interface Seen {
  /** Seconds. */
  readonly at: number;
  readonly kind: string;
  readonly waitsFor: string | null;
  ask: Activity['ask'];
}

async function replay(
  name: string,
  read: (file: string) => string,
  recorded: z.infer<typeof caseSchema>,
): Promise<Seen[]> {
  const clock = new ManualClock();
  const sessionId = sessionIdSchema.parse(newId());
  const guard = new PatternGuard({ onSlow: () => undefined });
  const signals = new ScreenSignals({
    ...{ clock, guard },
    post: (reading) => {
      book.reading({ sessionId, epoch: 1, reading });
    },
  });
  const emulator = new Emulator({
    ...{ cols: recorded.cols, rows: recorded.rows, scrollback: 0 },
    onTitle: (title) => {
      signals.titled(title);
    },
    onOsc: (code, payload) => {
      signals.said(code, payload);
    },
  });
  const pace = new SignalPace(clock, guard);
  const seen: Seen[] = [];
  const book = new StatusBook({
    ...{ clock, logger: silentLogger() },
    profileOf: (wanted) => profiles.find(({ profile }) => profile.name === wanted)?.profile,
    recognise: (_, rules) => {
      signals.setRules(rules);
      emulator.hear(signals.codes);
    },
    onActivity: (_, activity) => {
      note(seen, activity, clock.monotonic() / 1_000);
    },
    onTime: () => undefined,
  });
  const life = { sessionId, epoch: 1, profile: recorded.profile, project: '/p', cwd: '/p', found: false };
  book.begun({ ...life, dir: new SessionDir('/nowhere', sessionId) });
  for (const step of stepsOf(name, read, recorded)) {
    clock.advance(Math.max(0, step.ms - clock.monotonic()));
    if ('bytes' in step) {
      emulator.write(step.bytes);
      pace.changed(signals, { emulator });
    } else {
      const { event, payload } = step;
      book.hook({ sessionId, epoch: 1, event, payload, receivedAt: clock.monotonic(), ageMs: 0 });
    }
  }
  clock.advance(2_000);
  pace.dispose();
  book.dispose();
  return seen;
}

function note(seen: Seen[], activity: Activity | null, at: number): void {
  const last = seen.at(-1);
  if (!activity) return;
  if (last?.kind === activity.kind && last.waitsFor === activity.waitsFor)
    last.ask = activity.ask ?? last.ask;
  else seen.push({ at, kind: activity.kind, waitsFor: activity.waitsFor, ask: activity.ask });
}

type Step = { ms: number; bytes: Buffer } | { ms: number; event: string; payload: Record<string, unknown> };

function stepsOf(
  name: string,
  read: (file: string) => string,
  { output, times, hooks }: z.infer<typeof caseSchema>,
): Step[] {
  const bytes = readFileSync(path.join(fixtures, name, output));
  let from = 0;
  const printed = read(times)
    .trim()
    .split('\n')
    .map((line): Step => {
      const [ms = 0, to = 0] = line.split(' ').map(Number);
      const part = bytes.subarray(from, to);
      from = to;
      return { ms, bytes: part };
    });
  const told = hooks === undefined ? [] : read(hooks).trim().split('\n');
  const events = told.map((line): Step => {
    const { at, event, payload } = hookSchema.parse(JSON.parse(line));
    return { ms: at * 1_000, event, payload };
  });
  return [...printed, ...events].sort((a, b) => a.ms - b.ms);
}
