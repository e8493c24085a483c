// @vitest-environment happy-dom
/// <reference types="node" />
import { routes } from '@roundhouse/protocol';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { call } from './api.js';
import { basePath, underBase } from './base-path.js';

afterEach(() => {
  delete document.documentElement.dataset['base'];
  vi.unstubAllGlobals();
});

it('is nothing on a host of its own', () => {
  expect(basePath()).toBe('');
  expect(underBase('/favicon.svg')).toBe('/favicon.svg');
});

it('stands before what the browser is told itself', async () => {
  document.documentElement.dataset['base'] = '/roundhouse';
  expect(underBase('/favicon.svg')).toBe('/roundhouse/favicon.svg');
  const fetch = vi.fn(() => Promise.resolve(Response.json({ required: false })));
  vi.stubGlobal('fetch', fetch);
  await call(routes.auth.setupStatus, {});
  expect(fetch).toHaveBeenCalledWith('/roundhouse/api/v1/setup', expect.anything());
});

it('is forgotten nowhere: only the router is told addresses of the root', () => {
  const rooted =
    /\b(fetch|open|assign|replace|io|URL|EventSource|Worker)\(\s*['"`]\/(?!ui')|\b(href|src|action)=\{?["'`]\/(?!\/)|\$\{location\.(origin|host)\}\//;
  const dir = path.join(import.meta.dirname, '..');
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  const found = files
    .filter((file) => /\.tsx?$/.test(file) && !/\.spec\.tsx?$/.test(file))
    .filter((file) => rooted.test(readFileSync(path.join(dir, file), 'utf8')));
  expect(files.length).toBeGreaterThan(100);
  expect(found).toEqual([]);
});
