import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayCall, mayConnectDaemon, type CallFacts, type CallRules } from './may-call.js';

const local: CallRules = {
  hostNames: new Set(['localhost', '127.0.0.1', '[::1]', 'hub.lan']),
  publicUrl: null,
};
const proxied: CallRules = {
  hostNames: new Set(['localhost', '127.0.0.1', '[::1]', 'hub.example']),
  publicUrl: new URL('https://hub.example'),
};

const base: CallFacts = {
  method: 'GET',
  upgrade: false,
  secure: false,
  host: '127.0.0.1:4400',
  origin: undefined,
  secFetchSite: undefined,
  hasCookie: false,
};
const own = 'http://127.0.0.1:4400';

type Row = [what: string, facts: Partial<CallFacts>, verdict: 'ok' | 'host' | 'origin', rules?: CallRules];

const rows: Row[] = [
  // Host
  ['no Host', { host: undefined }, 'host'],
  ['an empty Host', { host: '' }, 'host'],
  ['a foreign Host', { host: 'evil.example:4400' }, 'host'],
  ['a foreign Host that ends like ours', { host: 'evil-localhost:4400' }, 'host'],
  ['a Host below ours', { host: 'a.localhost:4400' }, 'host'],
  ['a trailing dot', { host: 'localhost.:4400' }, 'host'],
  ['credentials in Host', { host: 'localhost@evil.example' }, 'host'],
  ['a path in Host', { host: 'localhost/evil' }, 'host'],
  ['two Hosts', { host: 'localhost, evil.example' }, 'host'],
  ['a decimal address', { host: '2130706433:4400' }, 'ok'],
  ['an address of another machine', { host: '10.0.0.5:4400' }, 'host'],
  ['a port out of range', { host: 'localhost:99999' }, 'host'],
  ['localhost', { host: 'localhost:4400' }, 'ok'],
  ['upper case', { host: 'LOCALHOST:4400' }, 'ok'],
  ['IPv6 loopback', { host: '[::1]:4400' }, 'ok'],
  ['a forwarded port', { host: 'localhost:5500' }, 'ok'],
  ['an allowed name', { host: 'hub.lan' }, 'ok'],
  ['Host counts although Origin fits it', { host: 'evil.example', origin: 'http://evil.example' }, 'host'],
  // Origin
  ['own Origin', { origin: own, method: 'POST' }, 'ok'],
  ['own Origin on another forwarded port', { host: 'localhost:5500', origin: 'http://localhost:5500' }, 'ok'],
  ['a foreign Origin', { origin: 'http://evil.example' }, 'origin'],
  ['a foreign Origin on GET', { origin: 'http://evil.example', method: 'GET' }, 'origin'],
  ['Origin null', { origin: 'null' }, 'origin'],
  ['an empty Origin', { origin: '' }, 'origin'],
  ['another port', { origin: 'http://127.0.0.1:4401' }, 'origin'],
  ['no port', { origin: 'http://127.0.0.1' }, 'origin'],
  ['another loopback name', { origin: 'http://localhost:4400' }, 'origin'],
  ['another scheme', { origin: 'https://127.0.0.1:4400' }, 'origin'],
  ['a suffix', { origin: 'http://127.0.0.1:4400.evil.example' }, 'origin'],
  ['a path', { origin: `${own}/` }, 'origin'],
  ['upper case', { origin: 'HTTP://127.0.0.1:4400' }, 'origin'],
  ['two Origins', { origin: `${own}, http://evil.example` }, 'origin'],
  // Sec-Fetch-Site
  ['same-origin', { secFetchSite: 'same-origin' }, 'ok'],
  ['typed by a person', { secFetchSite: 'none' }, 'ok'],
  ['same-site', { secFetchSite: 'same-site' }, 'origin'],
  ['cross-site', { secFetchSite: 'cross-site' }, 'origin'],
  ['cross-site with a stolen Origin', { origin: own, secFetchSite: 'cross-site' }, 'origin'],
  ['an unknown word', { secFetchSite: 'trust-me' }, 'origin'],
  // neither, and cookies
  ['a script without cookie', { method: 'POST' }, 'ok'],
  ['a cookie alone', { hasCookie: true }, 'origin'],
  ['a read with cookie', { hasCookie: true, secFetchSite: 'same-origin' }, 'ok'],
  [
    'a write with cookie, no Origin',
    { hasCookie: true, secFetchSite: 'same-origin', method: 'POST' },
    'origin',
  ],
  ['a write with cookie', { hasCookie: true, origin: own, method: 'DELETE' }, 'ok'],
  [
    'an upgrade with cookie, no Origin',
    { hasCookie: true, secFetchSite: 'same-origin', upgrade: true },
    'origin',
  ],
  ['an upgrade with cookie', { hasCookie: true, origin: own, upgrade: true }, 'ok'],
  ['an upgrade of a script', { upgrade: true }, 'ok'],
  // a public URL
  ['its own Origin', { host: 'hub.example', origin: 'https://hub.example', secure: true }, 'ok', proxied],
  ['behind a silent proxy', { host: 'hub.example', origin: 'https://hub.example' }, 'ok', proxied],
  ['its other scheme', { host: 'hub.example', origin: 'http://hub.example' }, 'origin', proxied],
  ['the default port said', { host: 'hub.example:443', origin: 'https://hub.example' }, 'ok', proxied],
  [
    'another port',
    { host: 'hub.example:8443', origin: 'https://hub.example', secure: true },
    'origin',
    proxied,
  ],
  ['loopback beside it', { origin: own }, 'ok', proxied],
];

const verdictOf = (facts: CallFacts, rules: CallRules): string => {
  const code = mayCall(facts, rules)?.code;
  return code === undefined ? 'ok' : code === 'HOST_HEADER_FORBIDDEN' ? 'host' : 'origin';
};

describe('who may call', () => {
  it.each(rows)('%s: %j is %s', (_what, facts, verdict, rules = local) => {
    expect(verdictOf({ ...base, ...facts }, rules)).toBe(verdict);
  });

  const anyFacts = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS'),
    upgrade: fc.boolean(),
    secure: fc.boolean(),
    host: fc.option(fc.oneof(fc.constantFrom('localhost:4400', '127.0.0.1:4400', 'hub.lan'), fc.string()), {
      nil: undefined,
    }),
    origin: fc.option(fc.oneof(fc.constantFrom(own, 'null'), fc.webUrl(), fc.string()), { nil: undefined }),
    secFetchSite: fc.option(fc.constantFrom('same-origin', 'none', 'same-site', 'cross-site'), {
      nil: undefined,
    }),
    hasCookie: fc.boolean(),
  });

  it('lets nothing through whose Origin is not the scheme and Host it came to', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (mayCall(facts, local) !== null) return;
        const name = (facts.host ?? '').toLowerCase();
        expect([...local.hostNames].some((known) => name === known || name.startsWith(`${known}:`))).toBe(
          true,
        );
        const scheme = facts.secure ? 'https' : 'http';
        if (facts.origin !== undefined) expect(new URL(`${scheme}://${name}`).origin).toBe(facts.origin);
        expect([undefined, 'same-origin', 'none']).toContain(facts.secFetchSite);
        if (facts.hasCookie) expect(facts.origin ?? facts.secFetchSite).toBeDefined();
        const writes = facts.upgrade || !['GET', 'HEAD', 'OPTIONS'].includes(facts.method);
        if (facts.hasCookie && writes) expect(facts.origin).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('lets no daemon through that looks like a browser', () => {
    expect(mayConnectDaemon({ ...base, upgrade: true }, local)).toBeNull();
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (mayConnectDaemon(facts, local) !== null) return;
        expect(facts).toMatchObject({ origin: undefined, secFetchSite: undefined, hasCookie: false });
      }),
    );
  });
});
