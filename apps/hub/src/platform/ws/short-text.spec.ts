// Events of a browser as Socket.IO writes them are read the short way; whatever else comes is left to it.
import { describe, expect, it } from 'vitest';
import { readText } from './short-text.js';

const read = readText('/ui', new Set(['session.ack', 'session.input']));

describe('readText', () => {
  it('reads what Socket.IO writes', () => {
    const payload = { sessionId: 'a', text: 'quote " bracket ] \u001b[0m' };
    const event = (name: string): string => JSON.stringify([name, payload]);
    expect(read(`2/ui,${event('session.ack')}`)).toEqual({ name: 'session.ack', payload, id: null });
    expect(read(`2/ui,17${event('session.input')}`)).toEqual({ name: 'session.input', payload, id: 17 });
  });

  it('leaves everything else to Socket.IO', () => {
    const others: unknown[] = [
      ...['2/ui,["session.attach",{}]', '2/other,["session.ack",{}]', '2["session.ack",{}]'],
      ...['3/ui,1["session.ack",{}]', '2/ui,["session.ack",{}', '2/ui,["session.ack",{},{}]'],
      ...['2/ui,["session.ack",[]]', '2/ui,["session.ack"]', '2/ui,["session.ack",{]}]'],
      ...[
        '2/ui,1234567890123456["session.ack",{}]',
        '2/ui,["constructor",{}]',
        '2/ui,["session.ack",{}]\n',
        '',
      ],
      ...[Buffer.from('2/ui,["session.ack",{}]'), undefined, 7],
    ];
    expect(others.map(read).every((each) => each === null)).toBe(true);
  });
});
