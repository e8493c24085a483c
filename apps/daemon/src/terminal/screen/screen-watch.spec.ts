import { ManualClock, newId } from '@roundhouse/kit';
import { sessionIdSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { Emulator } from './emulator.js';
import type { FromHost } from './messages.js';
import { previewOf } from './preview.js';
import { ScreenWatch, type Watched } from './screen-watch.js';

describe('a watched screen', () => {
  const setUp = () => {
    const clock = new ManualClock();
    const emulator = new Emulator({ cols: 40, rows: 5, scrollback: 0 });
    const told: FromHost[] = [];
    const watch = new ScreenWatch({ clock, post: (message) => told.push(message) });
    const screen: Watched = {
      spec: { sessionId: sessionIdSchema.parse(newId()) },
      preview: () => previewOf(emulator, 1),
    };
    const print = (text: string): void => {
      emulator.write(Buffer.from(text));
      watch.changed(screen);
    };
    return { clock, told, watch, print };
  };

  it('is told of at once after a silence, then four times a second at most, and only when it changed', () => {
    const { clock, told, watch, print } = setUp();
    print('nobody looks');
    clock.advance(1_000);
    expect(told).toEqual([]);
    watch.watch(true);
    clock.advance(0);
    expect(told).toMatchObject([{ kind: 'preview', preview: { lines: [[{ text: 'nobody looks' }]] } }]);
    for (let step = 0; step < 100; step += 1) {
      print(`\r${String(step)}`);
      clock.advance(10);
    }
    expect(told.length).toBeLessThanOrEqual(6);
    clock.advance(250);
    const before = told.length;
    print('\u001b[?2004h');
    clock.advance(1_000);
    expect(told).toHaveLength(before);
    watch.watch(false);
    print('more');
    clock.advance(1_000);
    expect(told).toHaveLength(before);
    watch.dispose();
  });
});
