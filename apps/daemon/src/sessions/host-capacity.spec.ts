// A session is refused before the host runs out, with what is short and what helps.
import { expect, it } from 'vitest';
import { readHostRoom, requireRoom } from './host-capacity.js';

const plenty = { files: 10_000, tasks: 10_000, memory: 8 * 1024 ** 3 };

it('R:C21 refuses when files, processes or memory are short, and sooner while others start', () => {
  expect(() => {
    requireRoom(plenty, 50);
    requireRoom({ files: null, tasks: null, memory: null }, 50);
    requireRoom({ ...plenty, files: 56 }, 0);
  }).not.toThrow();
  for (const short of [{ files: 55 }, { tasks: 31 }, { memory: 1024 }]) {
    expect(() => {
      requireRoom({ ...plenty, ...short }, 0);
    }).toThrow(expect.objectContaining({ code: 'HOST_CAPACITY' }));
  }
  expect(() => {
    requireRoom({ ...plenty, files: 56 }, 1);
  }).toThrow('short of open files: 56 left, a session needs 72');
});

it('knows the limit of this process', async () => {
  const { files, memory } = await readHostRoom();
  if (process.platform !== 'linux') return;
  expect(files).toBeGreaterThan(0);
  expect(memory).toBeGreaterThan(0);
});
