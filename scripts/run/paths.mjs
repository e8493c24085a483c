// Owns where things are: the checkout, its caches, and the entry points of the tools that the steps call.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Lives and dies with node_modules: a stamp never outlives what it vouches for. */
export const stampDir = join(root, 'node_modules', '.roundhouse');
export const cacheDir = join(root, '.cache');

export const inRoot = (...parts) => join(root, ...parts);
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const program = (app, file = 'dist/program/main.js') => [
  ...readJson(inRoot('apps', app, 'package.json')).config.nodeFlags,
  inRoot('apps', app, file),
];
/**
 * Node's flags and the file that start the hub. Its garbage dies young, in a nursery that is large enough: with Node's own
 * size a relayed message costs a third more.
 */
export const hubProgram = (file) => program('hub', file);
/**
 * The same of the daemon. Its heap is small and its buffers are many: without room to begin with, V8 collects everything
 * ten times a second in a flood, and each time an echo waits.
 */
export const daemonProgram = (file) => program('daemon', file);

/** Every package of the workspace that exists, as paths from the root. Mirrors pnpm-workspace.yaml. */
export const workspaces = [
  'packages/protocol',
  'packages/profiles',
  'packages/kit',
  'apps/hub',
  'apps/daemon',
  'apps/web',
  'e2e',
  'bench',
].filter((path) => existsSync(inRoot(path, 'package.json')));

/** Scripts of the tools, run by this same Node: no shims, no PATH, no pnpm in between. */
export const tool = {
  tsc: inRoot('node_modules/tsc/bin/tsc'),
  vitest: inRoot('node_modules/vitest/vitest.mjs'),
  eslint: inRoot('node_modules/eslint/bin/eslint.js'),
  oxlint: inRoot('node_modules/oxlint/bin/oxlint'),
  prettier: inRoot('node_modules/prettier/bin/prettier.cjs'),
  knip: inRoot('node_modules/knip/bin/knip.js'),
  secretlint: inRoot('node_modules/secretlint/bin/secretlint.js'),
  depcruise: inRoot('node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
  vite: inRoot('apps/web/node_modules/vite/bin/vite.js'),
  playwright: inRoot('e2e/node_modules/@playwright/test/cli.js'),
};
