// The cache follows versions, whatever order answers and changes arrive in.
import { QueryClient } from '@tanstack/react-query';
import type { Session } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { keys, LiveCache } from './live-cache.js';

/** Only the members that the cache looks at. */
const session = (id: string, version: number): Session => ({ id, version }) as unknown as Session;
const change = (entity: Session) => ({
  kind: 'session' as const,
  id: entity.id,
  version: entity.version,
  entity,
});

function setup(items: Session[]) {
  const client = new QueryClient();
  client.setQueryData(keys.list('session'), { items });
  const list = () => client.getQueryData<{ items: Session[] }>(keys.list('session'))?.items ?? [];
  return { client, sut: new LiveCache(client), list };
}

describe('LiveCache', () => {
  it('replaces an older entity in list and detail', () => {
    const { client, sut, list } = setup([session('a', 1), session('b', 1)]);
    sut.apply(change(session('a', 2)));
    expect(list().map(({ id, version }) => [id, version])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(client.getQueryData(keys.one('session', 'a'))).toMatchObject({ version: 2 });
  });

  it('ignores a change that is older than what it has', () => {
    const { sut, list } = setup([session('a', 3)]);
    sut.apply(change(session('a', 2)));
    expect(list()).toEqual([session('a', 3)]);
  });

  it('puts a new entity first', () => {
    const { sut, list } = setup([session('a', 1)]);
    sut.apply(change(session('b', 1)));
    expect(list().map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('removes a deleted one, and a late change does not bring it back', () => {
    const { sut, list } = setup([session('a', 1)]);
    sut.apply({ kind: 'session', id: 'a', version: 2, deleted: true });
    sut.apply(change(session('a', 3)));
    expect(list()).toEqual([]);
    expect(sut.freshList('session', [session('a', 1)])).toEqual([]);
  });

  it('corrects an answer that a change has overtaken', () => {
    const { sut } = setup([]);
    sut.apply(change(session('a', 5)));
    expect(sut.freshList('session', [session('a', 4), session('b', 1)])).toEqual([
      session('a', 5),
      session('b', 1),
    ]);
    expect(sut.freshList('session', [session('a', 6)])).toEqual([session('a', 6)]);
  });

  it('makes the list stale when a change comes without its entity', () => {
    const { client, sut } = setup([session('a', 1)]);
    sut.apply({ kind: 'session', id: 'a', version: 2 });
    expect(client.getQueryState(keys.list('session'))?.isInvalidated).toBe(true);
  });

  it('adds what came to be while the answer was on its way', () => {
    const { sut } = setup([]);
    sut.apply(change(session('new', 1)));
    expect(sut.freshList('session', [session('a', 1)]).map(({ id }) => id)).toEqual(['new', 'a']);
    sut.apply({ kind: 'session', id: 'new', version: 2, deleted: true });
    expect(sut.freshList('session', [session('a', 1)]).map(({ id }) => id)).toEqual(['a']);
  });
});
