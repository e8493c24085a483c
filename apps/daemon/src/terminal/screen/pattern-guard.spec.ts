import { expect, it } from 'vitest';
import { PatternGuard, type Attempt } from './pattern-guard.js';

const setUp = () => {
  const slow: string[] = [];
  const guard = new PatternGuard({ onSlow: (pattern) => slow.push(pattern) });
  const of = (pattern: string, text: string, flags = ''): Attempt => ({ pattern, flags, text });
  return { slow, guard, of };
};

it('finds what a regular expression finds, the first group too', () => {
  const { guard, of } = setUp();
  const found = guard.match([
    of('b(\\d+)', 'a b12 c'),
    of('^x$', 'x\ny', 'm'),
    of('no', 'text'),
    of('(', 'text'),
  ]);
  expect(found).toEqual([{ all: 'b12', group: '12' }, { all: 'x', group: undefined }, null, null]);
  expect(guard.match([])).toEqual([]);
});

it('stops a pattern that takes for ever, says so, leaves it out from then on, and goes on with the others', () => {
  const { guard, of, slow } = setUp();
  const evil = of('^(a+)+$', `${'a'.repeat(60)}!`);
  const attempts = [of('a', 'a'), evil, of('b', 'b')];
  // A machine that is busy is not taken for a slow pattern: it may need a second look.
  let found = guard.match(attempts);
  for (let tries = 0; slow.length === 0 && tries < 5; tries += 1) found = guard.match(attempts);
  expect(found).toEqual([{ all: 'a', group: undefined }, null, { all: 'b', group: undefined }]);
  expect(slow).toEqual(['^(a+)+$']);
  const before = performance.now();
  for (let index = 0; index < 20; index += 1) guard.match(attempts);
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(slow).toHaveLength(1);
});
