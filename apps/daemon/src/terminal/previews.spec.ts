import { newId, silentLogger } from '@roundhouse/kit';
import { AppError, sessionIdSchema, type SessionId, type TerminalPreview } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { Previews, type PreviewSource } from './previews.js';

describe('previews', () => {
  const id = (): SessionId => sessionIdSchema.parse(newId());
  const preview: TerminalPreview = { epoch: 1, lines: [[{ text: 'the end' }]], title: null };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('of live sessions come by themselves; ended ones are told once for each time on the list', async () => {
    const [live, ended, broken, unknown] = [id(), id(), id(), id()];
    const asked: string[] = [];
    const sources = new Map<SessionId, PreviewSource>([
      [live, { isLive: true, preview: () => Promise.reject(new Error('not asked')) }],
      [
        ended,
        {
          isLive: false,
          preview: () => {
            asked.push(ended);
            return Promise.resolve(preview);
          },
        },
      ],
      [broken, { isLive: false, preview: () => Promise.reject(new AppError('TIMEOUT')) }],
    ]);
    const watched: (readonly SessionId[])[] = [];
    const told: SessionId[] = [];
    const previews = new Previews({
      logger: silentLogger(),
      watch: (ids) => watched.push(ids),
      sourceOf: (sessionId) => sources.get(sessionId),
      emit: (sessionId) => told.push(sessionId),
    });
    const list = [live, ended, broken, unknown];
    previews.watch(list);
    previews.watch(list);
    await settle();
    expect(watched.at(-1)).toEqual(list);
    expect(told).toEqual([ended]);
    previews.forget();
    expect(watched.at(-1)).toEqual([]);
    previews.watch([ended]);
    await settle();
    expect(asked).toHaveLength(2);
  });
});
