// How much is in the line, and what goes first when there is room again.
import { ManualClock } from '@roundhouse/kit';
import { sessionIdSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { TerminalScheduler } from './terminal-scheduler.js';

const flood = sessionIdSchema.parse('44444444-4444-4444-8444-444444444441');
const shell = sessionIdSchema.parse('44444444-4444-4444-8444-444444444442');
const chunk = Buffer.alloc(64 * 1024);

function rig() {
  const clock = new ManualClock();
  const sent: string[] = [];
  const line = {
    bytes: 0,
    backlog: () => line.bytes,
    emit(name: string, payload: { sessionId: string; data?: Uint8Array | ArrayBuffer }): void {
      line.bytes += payload.data?.byteLength ?? 0;
      sent.push(`${payload.sessionId === flood ? 'flood' : 'shell'} ${name}`);
    },
  };
  return { clock, sent, line, scheduler: new TerminalScheduler(line, clock) };
}

describe('TerminalScheduler', () => {
  it('never has more than 512 KiB and a chunk in the line; an echo passes the rest', () => {
    const { clock, sent, line, scheduler } = rig();
    for (let at = 0; at < 20; at += 1) {
      scheduler.output({ sessionId: flood, epoch: 1, offset: at * chunk.length, data: chunk });
    }
    expect(line.bytes).toBe(512 * 1024);
    scheduler.typed(shell);
    scheduler.output({ sessionId: shell, epoch: 1, offset: 0, data: Buffer.from('x') });
    expect(sent).toHaveLength(8);
    line.bytes = 0;
    clock.advance(5);
    expect(sent[8]).toBe('shell terminal.output');
    expect(line.bytes).toBeLessThanOrEqual(512 * 1024 + chunk.length);
    // The rest of the flood is paced while somebody types, and goes on at full speed a second later.
    line.bytes = 0;
    clock.advance(100);
    expect(sent.length).toBeLessThan(21);
    for (let turn = 0; turn < 20; turn += 1) {
      line.bytes = 0;
      clock.advance(100);
    }
    expect(sent).toHaveLength(21);
  });

  it('keeps the events of a session in order, and drops them with the link', () => {
    const { clock, sent, line, scheduler } = rig();
    line.bytes = 1024 * 1024;
    scheduler.output({ sessionId: shell, epoch: 1, offset: 0, data: Buffer.from('x') });
    scheduler.resized({ sessionId: shell, epoch: 1, offset: 1, cols: 80, rows: 24 });
    scheduler.gap({ sessionId: shell, epoch: 1, from: 1, to: 2 });
    scheduler.exit({ sessionId: shell, epoch: 1, offset: 2, exit: { exitCode: 0, signal: null } });
    line.bytes = 0;
    clock.advance(5);
    expect(sent).toEqual(['output', 'resized', 'gap', 'exit'].map((name) => `shell terminal.${name}`));
    line.bytes = 1024 * 1024;
    scheduler.output({ sessionId: shell, epoch: 1, offset: 2, data: Buffer.from('y') });
    scheduler.clear();
    line.bytes = 0;
    clock.advance(50);
    expect(sent).toHaveLength(4);
  });
});
