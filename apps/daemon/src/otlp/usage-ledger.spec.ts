// What was answered survives the daemon at every point of its writing, and is told as often as somebody hears it.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, silentLogger, systemClock, type Clock } from '@roundhouse/kit';
import { noTokens, sessionIdSchema, type Tokens, type UsageMinute } from '@roundhouse/protocol';
import { noPrices } from './pricing/price.js';
import { batchOf, claudeMeaning, interactive, interactiveTotals } from './testing.js';
import type { Source } from './token-registry.js';
import type { UsageReport } from './usage-account.js';
import { UsageJournal } from './usage-journal.js';
import { UsageLedger, type LedgerOptions } from './usage-ledger.js';
import { createFileUsageStore } from './usage-store.js';

const sessionId = sessionIdSchema.parse('1a6bd2b3-39a5-4b13-a5f5-6f2f3d0c8f01');
const source: Source = { sessionId, epoch: 1 };
const other: Source = { sessionId, epoch: 2 };
const batches = interactive.map(batchOf);
/** When the captured conversation took place. */
const then = Date.UTC(2026, 10, 21, 3);

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'roundhouse-ledger-'));
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

/** Real, but nobody waits for others. */
const hurried: Clock = { ...systemClock, after: (_ms, callback) => systemClock.after(0, callback) };

interface Life {
  readonly ledger: UsageLedger;
  readonly clock: ManualClock;
  readonly told: { readonly source: Source; readonly report: UsageReport }[];
}

/** A daemon's ledger over a directory; `reached` is called before and after each write. */
async function live(
  dir: string,
  options: Partial<LedgerOptions> & { reached?: () => void } = {},
): Promise<Life> {
  const { reached = () => undefined, ...rest } = options;
  const clock = new ManualClock(then);
  const logger = silentLogger();
  const journal = await UsageJournal.open({ directory: join(dir, 'journal'), clock: hurried, logger });
  const append = journal.append.bind(journal);
  journal.append = async (entry) => {
    reached();
    const position = await append(entry);
    reached();
    return position;
  };
  const rotate = journal.rotate.bind(journal);
  journal.rotate = async () => {
    const cut = await rotate();
    reached();
    return async () => {
      reached();
      await cut();
      reached();
    };
  };
  const files = createFileUsageStore({
    fileOf: ({ epoch }) => join(dir, `usage-${String(epoch)}.json`),
    logger,
    now: () => clock.now(),
  });
  const told: Life['told'] = [];
  const ledger = new UsageLedger({
    clock,
    logger,
    journal,
    prices: noPrices,
    store: {
      load: files.load,
      async save(each, stored) {
        reached();
        await files.save(each, stored);
        reached();
      },
    },
    onUsage: (each, report) => {
      told.push({ source: each, report });
    },
    ...rest,
  });
  return { ledger, clock, told };
}

/** What goes on in the background (real files, real gathering) has had its time. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));
const tokensOf = (minutes: readonly UsageMinute[]): Tokens => {
  const sum = { ...noTokens };
  for (const { models } of minutes)
    for (const { tokens } of models)
      for (const kind of ['input', 'output', 'cacheRead', 'cacheCreation'] as const)
        sum[kind] += tokens[kind];
  return sum;
};
/** The newest revision of each minute, as a hub keeps it. */
function minutesOf(told: Life['told']): UsageMinute[] {
  const minutes = new Map<string, UsageMinute>();
  for (const { report } of told)
    for (const minute of report.minutes)
      if (minute.rev >= (minutes.get(minute.minute)?.rev ?? 0)) minutes.set(minute.minute, minute);
  return [...minutes.values()];
}

describe('a crash (R:C11)', () => {
  it('at any write: what was answered is there, what was not is sent again, and all counts once', async () => {
    const copies: { dir: string; answered: number; told: number }[] = [];
    const work = join(base, 'work');
    let answered = 0;
    let life: Life | null = null;
    life = await live(work, {
      reached: () => {
        const dir = join(base, `copy-${String(copies.length)}`);
        cpSync(work, dir, { recursive: true });
        copies.push({ dir, answered, told: life?.told.length ?? 0 });
      },
    });
    await life.ledger.open(source, claudeMeaning);
    for (const [index, batch] of batches.entries()) {
      await life.ledger.take(source, batch);
      answered = index + 1;
      // Now and then the states are stored and the journal is cut.
      if (index % 5 === 4) {
        life.clock.advance(60_000);
        await settle();
      }
    }
    await life.ledger.close();
    expect(copies.length).toBeGreaterThan(40);
    for (const copy of copies) {
      const next = await live(copy.dir);
      // Later: what is read back must not move to other minutes.
      next.clock.jump(130_000);
      await next.ledger.open(source, claudeMeaning);
      // What came just before the crash comes again, too.
      for (const batch of batches.slice(Math.max(0, copy.answered - 2)))
        await next.ledger.take(source, batch);
      expect(next.ledger.usageOf(source)).toMatchObject(interactiveTotals);
      next.clock.advance(6_000);
      // The hub has what was told before the crash.
      const told = [...life.told.slice(0, copy.told), ...next.told];
      expect(tokensOf(minutesOf(told))).toEqual(interactiveTotals.tokens);
    }
  }, 60_000);

  it('that cuts the journal off anywhere costs what was not answered, and nothing before', async () => {
    const work = join(base, 'work');
    const life = await live(work);
    await life.ledger.open(source, claudeMeaning);
    for (const batch of batches) await life.ledger.take(source, batch);
    const [name = ''] = readdirSync(join(work, 'journal'));
    const { length } = readFileSync(join(work, 'journal', name));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: length }), async (cut) => {
        const dir = mkdtempSync(join(base, 'cut-'));
        cpSync(work, dir, { recursive: true });
        truncateSync(join(dir, 'journal', name), cut);
        const next = await live(dir);
        await next.ledger.open(source, claudeMeaning);
        for (const batch of batches) await next.ledger.take(source, batch);
        expect(next.ledger.usageOf(source)).toMatchObject(interactiveTotals);
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  it('leaves the usage of a session that is over for the next life', async () => {
    const life = await live(base);
    await life.ledger.open(source, claudeMeaning);
    await life.ledger.open(other, claudeMeaning);
    for (const batch of batches) await life.ledger.take(other, batch);
    const next = await live(base);
    expect([next.ledger.hasRecovered(source), next.ledger.hasRecovered(other)]).toEqual([false, true]);
    await next.ledger.open(other, claudeMeaning);
    await next.ledger.release(other);
    expect(next.told.at(-1)).toMatchObject({ source: other, report: { usage: interactiveTotals } });
    await next.ledger.close();
    expect((await live(base)).ledger.hasRecovered(other)).toBe(false);
  });
});

describe('how often it is told', () => {
  const setUp = async (isHeard = true) => {
    const heard = { yes: isHeard };
    const life = await live(base, { isHeard: () => heard.yes });
    await life.ledger.open(source, claudeMeaning);
    return { ...life, heard };
  };

  it('totals once a second, minutes every five, and all at the end', async () => {
    const { ledger, clock, told } = await setUp();
    const kinds = () => told.map(({ report }) => report.minutes.length > 0);
    for (const batch of batches) await ledger.take(source, batch);
    expect(told).toEqual([]);
    clock.advance(1_000);
    expect(kinds()).toEqual([true]);
    await settle();
    for (let second = 0; second < 4; second += 1) {
      await ledger.observe(source, [spent(second)]);
      await ledger.observe(source, [spent(second)]);
      clock.advance(1_000);
    }
    expect(kinds()).toEqual([true, false, false, false, false]);
    clock.advance(1_000);
    expect(kinds()).toEqual([true, false, false, false, false, true]);
    clock.advance(100_000);
    expect(told).toHaveLength(6);
    await ledger.observe(source, [spent(9)]);
    await ledger.release(source);
    expect(kinds().slice(6)).toEqual([true]);
  });

  it('once a minute while nobody hears it', async () => {
    const { ledger, clock, told } = await setUp(false);
    for (let second = 0; second < 120; second += 1) {
      if (second % 10 === 0) await ledger.observe(source, [spent(second)]);
      clock.advance(1_000);
    }
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.length).toBeLessThanOrEqual(3);
  });

  it('again, when it could not be kept for the hub', async () => {
    let full = true;
    const told: UsageReport[] = [];
    const { ledger, clock } = await live(base, {
      onUsage: (_source, report) => {
        if (full) return Promise.reject(new Error('no space'));
        told.push(report);
        return Promise.resolve();
      },
    });
    await ledger.open(source, claudeMeaning);
    for (const batch of batches) await ledger.take(source, batch);
    clock.advance(1_000);
    await settle();
    full = false;
    clock.advance(6_000);
    await settle();
    expect(told.at(-1)?.usage).toMatchObject(interactiveTotals);
    expect(tokensOf(told.flatMap(({ minutes }) => minutes))).toEqual(interactiveTotals.tokens);
  });

  const spent = (second: number) =>
    ({
      is: 'spent',
      ms: then + second * 1_000,
      workingMs: 10,
      waitingMs: 0,
      idleMs: 0,
      blockedMs: 0,
    }) as const;
});

it('many sessions that tell something in the same moment share one write', async () => {
  const directory = join(base, 'journal');
  const journal = await UsageJournal.open({ directory, clock: systemClock, logger: silentLogger() });
  const observations = [{ is: 'spent', ms: 1, workingMs: 1, waitingMs: 0, idleMs: 0, blockedMs: 0 }] as const;
  const entry = (epoch: number) => ({ source: { sessionId, epoch }, now: 1, observations });
  const positions = await Promise.all(
    Array.from({ length: 50 }, (_, index) => journal.append(entry(index + 1))),
  );
  expect(positions).toEqual(Array.from({ length: 50 }, (_, index) => 1_000_000 + index));
  await journal.close();
});
