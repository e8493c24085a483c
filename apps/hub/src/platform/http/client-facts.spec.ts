import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClient, TrustedProxies } from './client-facts.js';

function requestFrom(peer: string, headers: Record<string, string>): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  return Object.assign(new IncomingMessage(socket), { method: 'POST', headers });
}

const forged = {
  host: 'localhost:4400',
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'hub.example',
};
const proxies = new TrustedProxies(['10.0.0.0/8', 'fd00::/8', '192.0.2.1/32']);

describe('forwarded headers (R:H17)', () => {
  it('are ignored from an unknown peer', () => {
    for (const peer of ['127.0.0.1', '203.0.113.9', '::1', '']) {
      const facts = readClient(requestFrom(peer, forged), proxies);
      expect(facts).toMatchObject({ ip: peer, secure: false, host: 'localhost:4400' });
    }
  });

  it('count from a declared proxy', () => {
    for (const peer of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1']) {
      const facts = readClient(requestFrom(peer, forged), proxies);
      expect(facts).toMatchObject({ ip: '203.0.113.7', secure: true, host: 'hub.example' });
    }
  });

  it('name the nearest address that is no proxy, whatever the client wrote before it', () => {
    fc.assert(
      fc.property(fc.array(fc.ipV4(), { maxLength: 5 }), (tale) => {
        const chain = [...tale, '198.51.100.4', '10.9.9.9'].join(', ');
        expect(proxies.clientOf('10.0.0.1', chain)).toBe('198.51.100.4');
      }),
    );
  });

  it('end where they make no sense', () => {
    expect(proxies.clientOf('10.0.0.1', 'rubbish')).toBe('10.0.0.1');
    expect(proxies.clientOf('10.0.0.1', undefined)).toBe('10.0.0.1');
    expect(proxies.clientOf('10.0.0.1', '10.0.0.2')).toBe('10.0.0.2');
  });
});
