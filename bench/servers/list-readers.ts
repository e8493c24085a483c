// People who open the list of sessions again and again, in a process of their own: whoever tells a hub of a thousand
// sessions has no time to measure. Told where and for how long, says how long each page took.
import process from 'node:process';
import { Rest } from '../../e2e/stack/rest.js';

const pauseMs = 3_000;

export interface Reading {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly seconds: number;
  readonly pageSize: number;
  /** As many as there must be. */
  readonly sessions: number;
}

export interface Read {
  readonly pages: number[];
  readonly whole: number[];
  readonly faults: string[];
}

process.once('message', (message) => {
  void read(message as Reading).then((done) => process.send?.(done));
});

async function read({ url, tokens, seconds, pageSize, sessions }: Reading): Promise<Read> {
  const done: Read = { pages: [], whole: [], faults: [] };
  const end = performance.now() + seconds * 1_000;
  const readers = tokens.map(async (token) => {
    const rest = new Rest(url, { token });
    while (performance.now() < end) {
      const began = performance.now();
      const seen = await readAll(rest, pageSize, done.pages);
      if (seen !== sessions) done.faults.push(`a list had ${seen} sessions`);
      done.whole.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  });
  await Promise.all(readers).catch((error: unknown) => done.faults.push(String(error)));
  return done;
}

/** Every page, as a browser that has just been opened. @returns how many sessions there were */
async function readAll(rest: Rest, pageSize: number, pages: number[]): Promise<number> {
  let [seen, cursor] = [0, ''];
  do {
    const began = performance.now();
    const { items, nextCursor } = await rest.get(
      `sessions?limit=${pageSize}${cursor && `&cursor=${cursor}`}`,
    );
    pages.push(performance.now() - began);
    seen += items.length;
    cursor = nextCursor ?? '';
  } while (cursor !== '');
  return seen;
}
