import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock, silentLogger } from '@roundhouse/kit';
import type { Tokens } from '@roundhouse/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PriceBook } from './price-book.js';
import { priceListVersion } from './price-table.js';

const ms = Date.parse('2026-11-21T12:00:00Z');
const tokens = (part: Partial<Tokens>): Tokens => ({
  ...{ input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
  ...part,
});

let stateDir: string;
let clock: ManualClock;
let book: PriceBook;
beforeEach(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), 'roundhouse-prices-'));
  clock = new ManualClock();
  book = new PriceBook({ stateDir, clock, logger: silentLogger() });
  await book.refresh();
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

/** As a person saves it: with a time of its own, and a while later. */
async function save(text: string, second: number): Promise<void> {
  const file = path.join(stateDir, 'prices.yaml');
  await writeFile(file, text);
  await utimes(file, second, second);
  clock.advance(2_000);
  await book.refresh();
}

it('names the version of the package that is installed', () => {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices');
  const file = path.join(path.dirname(entry), '..', 'package.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: priceListVersion });
  expect(book.version).toBe(`genai-prices ${priceListVersion}`);
});

describe('the price list', () => {
  it.each([
    // Dollars per million tokens: 5, 25, 0.5 read, 6.25 written.
    ['claude-opus-4-8', { input: 1200, output: 80, cacheRead: 900, cacheCreation: 300 }, 10_325_000],
    // 1.25, 10, 0.125.
    ['gpt-5.1-codex', { input: 1200, output: 80, cacheRead: 900 }, 2_412_500],
    // 0.75, 3.75, 0.075.
    ['gemini-3.8-flash', { input: 1200, output: 80, cacheRead: 900 }, 1_267_500],
    ['openai/gpt-5.1-codex', { input: 1 }, 1_250],
    ['claude-opus-4-8@20260901', { output: 3 }, 75_000],
  ])('gives the price of a request to %s to the nano-dollar', (model, part, nanos) => {
    expect(book.price(model, tokens(part), ms)).toBe(nanos);
  });

  it('has no price for a model that it does not know', () => {
    expect(book.price('qwen3-coder-plus', tokens({ input: 1 }), ms)).toBeNull();
    expect(book.price(null, tokens({ input: 1 }), ms)).toBeNull();
    expect(book.listedWindowOf('qwen3-coder-plus')).toBeNull();
    expect(book.listedWindowOf('gpt-5.1-codex')).toBe(400_000);
  });

  it('counts reasoning once: it is in the output', () => {
    const output = tokens({ output: 80 });
    expect(book.price('gpt-5.1-codex', { ...output, reasoning: 50 }, ms)).toBe(
      book.price('gpt-5.1-codex', output, ms),
    );
  });

  it('never refuses tokens, however they are split', () => {
    const count = fc.nat(2_000_000);
    const any = fc.record({
      input: count,
      output: count,
      cacheRead: count,
      cacheCreation: count,
      reasoning: count,
    });
    fc.assert(
      fc.property(any, (split) => {
        expect(book.price('claude-opus-4-8', split, ms)).toSatisfy(Number.isSafeInteger);
      }),
    );
  });
});

describe('prices of the user', () => {
  const qwen = `models:
  - match: '^qwen3-coder-plus$'
    input: 1.0
    output: 5.0
    cache_read: 0.1
    cache_write: 1.25
    context: 262144
`;

  it('win, are read again when they change, and go with their file', async () => {
    const asked = tokens({ input: 1000, output: 100, cacheRead: 500, cacheCreation: 200 });
    await save(qwen, 1_000);
    // 1000 x 1 + 100 x 5 + 500 x 0.1 + 200 x 1.25 dollars per million tokens.
    expect(book.price('qwen3-coder-plus', asked, ms)).toBe(1_800_000);
    expect(book.ownWindowOf('qwen3-coder-plus')).toBe(262_144);
    expect(book.version).toBe(`genai-prices ${priceListVersion} + own prices`);
    await save(`models: [{ match: 'claude', input: 10, output: 20 }]`, 2_000);
    expect(book.price('claude-opus-4-8', tokens({ input: 3, output: 1, cacheRead: 2 }), ms)).toBe(70_000);
    expect(book.price('qwen3-coder-plus', asked, ms)).toBeNull();
    await rm(path.join(stateDir, 'prices.yaml'));
    clock.advance(2_000);
    await book.refresh();
    expect(book.price('claude-opus-4-8', tokens({ input: 3 }), ms)).toBe(15_000);
  });

  it.each(['models: [{ match: x, input: -1 }]', 'models: 3', ': [', `models: [{ match: x, price: 1 }]`])(
    'stay as they were when the file cannot be read: %s',
    async (text) => {
      await save(qwen, 1_000);
      await save(text, 2_000);
      expect(book.price('qwen3-coder-plus', tokens({ input: 7 }), ms)).toBe(7_000);
    },
  );

  it('may be only for the window, and may have an expression that is none', async () => {
    await save(`models: [{ match: '(', input: 1 }, { match: 'gpt', context: 999 }]`, 1_000);
    expect(book.ownWindowOf('gpt-5.1-codex')).toBe(999);
    expect(book.price('gpt-5.1-codex', tokens({ input: 1 }), ms)).toBe(1_250);
  });

  it('come from the hub too, outlive a restart, and stand behind those of this host', async () => {
    const changedAt = '2026-11-21T12:00:00.000Z';
    await book.keep({
      models: [
        { match: 'qwen', input: 2 },
        { match: 'other', input: 3 },
      ],
      changedAt,
    });
    const again = new PriceBook({ stateDir, clock, logger: silentLogger() });
    await again.refresh();
    for (const each of [book, again]) {
      expect(each.price('qwen3-coder-plus', tokens({ input: 1 }), ms)).toBe(2_000);
    }
    await save(qwen, 1_000);
    expect(book.price('qwen3-coder-plus', tokens({ input: 1 }), ms)).toBe(1_000);
    expect(book.price('other', tokens({ input: 1 }), ms)).toBe(3_000);
    expect(await readFile(path.join(stateDir, 'prices.json'), 'utf8')).toContain('qwen');
  });
});
