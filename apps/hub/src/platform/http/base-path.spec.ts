import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSessionCookie, sessionCookie } from '../../auth/cookie.js';
import { basePathOf, belowBase, pageBelow } from './base-path.js';

const base = '/roundhouse';

describe('a path of the public URL', () => {
  it.each([
    ['https://h/', ''],
    ['https://h/roundhouse', base],
    ['https://h/roundhouse//', base],
    ['https://h/tools/Round-house_1.~', '/tools/Round-house_1.~'],
    ['https://h/a/../roundhouse/', base],
    ['https://h/apis', '/apis'],
    // What would need quoting somewhere, and what the hub's own addresses begin with.
    ...['/a b', '/a"b', "/a'b", '/a;b', '/a,b', '/a$b', '/%61', '/a//b', '/ä', '/a&b', '/<a>'].map((path) => [
      `https://h${path}`,
      null,
    ]),
    ...['/api', '/API/x', '/assets', '/socket.io', '/daemon.io', '/healthz', '/metrics'].map((path) => [
      `https://h${path}`,
      null,
    ]),
  ])('%s is %s', (url, expected) => {
    expect(basePathOf(new URL(url ?? ''))).toBe(expected);
  });
});

describe('a request', () => {
  it.each([
    ['/roundhouse', '/'],
    ['/roundhouse?a', '/?a'],
    ['/roundhouse/', '/'],
    ['/roundhouse/api/v1/me?a=/roundhouse/', '/api/v1/me?a=/roundhouse/'],
    ['/roundhouse/roundhouse/x', '/roundhouse/x'],
    // From a proxy that removed it, or from the machine itself.
    ['/', '/'],
    ['/healthz', '/healthz'],
    ['/roundhouses/x', '/roundhouses/x'],
    ['/x/roundhouse/', '/x/roundhouse/'],
  ])('for %s is one for %s', (url, expected) => {
    expect(belowBase(url, base)).toBe(expected);
  });

  it('comes to the same whether the proxy hands the path on or removes it', () => {
    const address = fc.webPath().filter((path) => !/^\/?roundhouse([/?]|$)/.test(path));
    fc.assert(
      fc.property(address, (path) => {
        const own = `/${path.replace(/^\//, '')}`;
        expect(belowBase(`${base}${own}`, base)).toBe(belowBase(own, base));
        expect(belowBase(own, '')).toBe(own);
      }),
      { numRuns: 50 },
    );
  });
});

it('the page of the web app names the path, and below it what it loads; nothing else is changed', () => {
  const own = readFileSync(new URL('../../../../web/index.html', import.meta.url), 'utf8');
  const page = `${own}<a href="//other/">x</a><a href="https://other/">y</a><a href="#main">z</a>`;
  const below = page
    .replace('<html lang', '<html data-base="/roundhouse" lang')
    .replace('"/favicon', '"/roundhouse/favicon')
    .replace('"/boot', '"/roundhouse/boot')
    .replace('"/src/main', '"/roundhouse/src/main');
  expect(pageBelow(page, base)).toBe(below);
  expect(below.length - page.length).toBe(' data-base=""'.length + 4 * base.length);
});

describe('the cookie', () => {
  it.each([
    [{ secure: true, basePath: '' }, '__Host-roundhouse_session=s; Path=/; Max-Age=9; '],
    [{ secure: true, basePath: base }, '__Secure-roundhouse_session=s; Path=/roundhouse; Max-Age=9; '],
    [{ secure: false, basePath: '' }, 'roundhouse_session=s; Path=/; Max-Age=9; '],
    [{ secure: false, basePath: base }, 'roundhouse_session=s; Path=/roundhouse; Max-Age=9; '],
  ])('of %o is guarded as well as it can be', (place, expected) => {
    const cookie = sessionCookie('s', place, 9);
    expect(cookie).toBe(`${expected}HttpOnly; SameSite=Strict${place.secure ? '; Secure' : ''}`);
    expect(readSessionCookie(`a=b; ${cookie.split(';')[0] ?? ''}`, place)).toBe('s');
  });

  it('of another place does not count', () => {
    const places = [
      { secure: true, basePath: '' },
      { secure: true, basePath: base },
      { secure: false, basePath: base },
    ];
    for (const set of places)
      for (const read of places)
        expect(readSessionCookie(sessionCookie('s', set, 9), read)).toBe(set === read ? 's' : null);
  });
});
