import { describe, expect, it } from 'vitest';
import type { AnyRoute } from './define.js';
import { errorCodes } from './error-codes.js';
import { errorTable } from './errors.js';
import { daemonEvents } from './events/daemon.js';
import { uiEvents } from './events/ui.js';
import { sessionReasons } from './model/session-reasons.js';
import { endStates, mayMove, sessionMoves, sessionStates } from './model/session.js';
import { roleMay, roles, type Permission } from './permissions.js';
import { routes } from './routes/registry.js';

const allRoutes = Object.entries(routes).flatMap(([resource, group]) =>
  Object.entries(group).map(([name, route]: [string, AnyRoute]) => ({ name: `${resource}.${name}`, route })),
);
const someRoleMay = (permission: Permission): boolean => roles.some((role) => roleMay(role, permission));

describe('the registries', () => {
  it('give every error a title, a hint, and a status that fits', () => {
    for (const code of errorCodes) {
      const { title, hint, status } = errorTable[code];
      expect(title.length, code).toBeGreaterThan(5);
      expect(hint.length, code).toBeGreaterThan(5);
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(status, code).toBeLessThan(600);
      expect(code in sessionReasons, `${code} has two meanings`).toBe(false);
    }
    for (const [code, words] of Object.entries(sessionReasons)) {
      for (const text of words) expect(text.length, code).toBeGreaterThan(5);
    }
  });

  it('put every route under a permission that somebody has, at an address of its own', () => {
    for (const { name, route } of allRoutes) {
      expect(route.permission === 'public' || someRoleMay(route.permission), name).toBe(true);
      expect(route.doc, name).toMatch(/\.$/);
      const inPath = [...route.path.matchAll(/:([A-Za-z]+)/g)].map(([, param]) => param);
      const params = 'shape' in route.params ? Object.keys(route.params.shape as object) : [];
      expect(params, name).toEqual(inPath);
    }
    const addresses = allRoutes.map(({ route }) => `${route.method} ${route.path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('put every event under a permission of its side', () => {
    for (const [name, event] of Object.entries(uiEvents)) {
      expect(someRoleMay(event.permission), name).toBe(true);
      expect(event.doc, name).toMatch(/\.$/);
    }
    for (const [name, event] of Object.entries(daemonEvents)) expect(event.permission, name).toBe('daemon');
  });

  it('let an ended session move only by a resume, or by a host that comes back with it', () => {
    for (const from of endStates) {
      const back =
        from === 'lost' ? ['queued', 'starting', 'running', 'stopping', 'exited'] : ['queued', 'starting'];
      expect(sessionMoves[from], from).toEqual(back);
    }
    for (const state of sessionStates) expect(mayMove(state, state), state).toBe(false);
  });
});
