// Each import rule is broken once in a tree of its own: a rule that nothing can break protects nothing.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRoot, tool } from '../run/paths.mjs';

const tree = mkdtempSync(join(tmpdir(), 'roundhouse-boundaries-'));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

const fakePackages = [
  'zod',
  'pino',
  'yaml',
  'pg',
  'socket.io',
  'socket.io-client',
  'node-pty',
  'simple-git',
  '@xterm/xterm',
];

/** [rule, file that breaks it, what it imports] */
const broken = [
  ['protocol-npm', 'packages/protocol/src/a.ts', 'yaml'],
  ['protocol-workspace', 'packages/protocol/src/b.ts', '../../kit/src/index.js'],
  ['profiles-npm', 'packages/profiles/src/a.ts', 'pino'],
  ['profiles-workspace', 'packages/profiles/src/b.ts', '../../kit/src/index.js'],
  ['kit-npm', 'packages/kit/src/a.ts', 'yaml'],
  ['kit-workspace', 'packages/kit/src/b.ts', '../../profiles/src/index.js'],
  ['browser-safe', 'packages/protocol/src/c.ts', 'node:fs'],
  ['apps-apart', 'apps/hub/src/x/a.ts', '../../../daemon/src/main.js'],
  ['web-node-free', 'apps/web/src/lib/a.ts', 'node:fs'],
  ['web-without-kit', 'apps/web/src/lib/b.ts', '../../../../packages/kit/src/index.js'],
  ['prisma-in-repositories', 'apps/hub/src/hosts/hosts.service.ts', '../generated/client.js'],
  ['prisma-in-repositories', 'apps/hub/src/hosts/b.service.ts', 'pg'],
  ['entities-without-client', 'apps/hub/src/hosts/host.entity.ts', '../generated/client.js'],
  ['repository-by-service', 'apps/hub/src/hosts/hosts.controller.ts', './host.repository.js'],
  ['feature-by-service', 'apps/hub/src/sessions/a.service.ts', '../hosts/host.repository.js'],
  ['platform-below-features', 'apps/hub/src/platform/a.ts', '../hosts/host.repository.js'],
  ['features-apart', 'apps/web/src/features/fleet/a.ts', '../spawn/index.js'],
  ['features-below-routes', 'apps/web/src/features/fleet/b.ts', '../../routes/index.js'],
  ['ui-and-lib-below', 'apps/web/src/ui/a.ts', '../features/spawn/index.js'],
  ['pure-cores', 'apps/daemon/src/keeper/ring.ts', 'node:fs'],
  ['pure-cores', 'apps/hub/src/sessions/session-state.ts', 'node:fs'],
  ['one-socket-server', 'apps/hub/src/hosts/a.ts', 'socket.io'],
  ['one-socket-client', 'apps/daemon/src/sessions/a.ts', 'socket.io-client'],
  ['one-pty', 'apps/daemon/src/sessions/b.ts', 'node-pty'],
  ['one-git', 'apps/daemon/src/sessions/c.ts', 'simple-git'],
  ['one-emulator', 'apps/web/src/features/fleet/c.ts', '@xterm/xterm'],
  ['keeper-alone', 'apps/daemon/src/keeper/b.ts', '../main.js'],
  ['resolvable', 'apps/hub/src/x/b.ts', './missing.js'],
  ['no-cycles', 'apps/hub/src/x/c.ts', './d.js'],
];

/** Files that keep the rules: [file, what it imports]. */
const kept = [
  ['packages/protocol/src/index.ts', 'zod'],
  ['packages/kit/src/index.ts', 'pino'],
  ['packages/profiles/src/index.ts', 'yaml'],
  ['packages/profiles/src/node/load.ts', 'node:fs'],
  ['apps/daemon/src/main.ts', 'zod'],
  ['apps/hub/src/generated/client.ts', 'zod'],
  ['apps/hub/src/hosts/host.repository.ts', '../generated/client.js'],
  ['apps/hub/src/platform/ws/server.ts', 'socket.io'],
  ['apps/hub/src/x/d.ts', './c.js'],
  ['apps/daemon/src/link/hub-link.ts', 'socket.io-client'],
  ['apps/daemon/src/keeper/pty.ts', 'node-pty'],
  ['apps/daemon/src/git/worktree.ts', 'simple-git'],
  ['apps/web/src/features/spawn/index.ts', 'zod'],
  ['apps/web/src/features/terminal/xterm-host.ts', '@xterm/xterm'],
  ['apps/web/src/features/fleet/d.ts', '../terminal/xterm-host.js'],
  ['apps/web/src/routes/index.ts', '../features/spawn/index.js'],
];

function write(path, text) {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

/** Rule names by file, as dependency-cruiser reports them. */
const found = new Map();

beforeAll(() => {
  for (const name of fakePackages) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'module.exports = {};');
  }
  // dependency-cruiser reads TypeScript with the compiler that it finds beside the tree.
  symlinkSync(
    dirname(createRequire(inRoot('package.json')).resolve('typescript/package.json')),
    join(tree, 'node_modules/typescript'),
  );
  for (const [path, target] of [...kept, ...broken.map(([, ...file]) => file)]) {
    write(path, `import * as it from '${target}';\nexport const used = it;\n`);
  }
  write(
    'package.json',
    JSON.stringify({ dependencies: Object.fromEntries(fakePackages.map((name) => [name, '1.0.0'])) }),
  );
  const args = [
    tool.depcruise,
    '--config',
    inRoot('.dependency-cruiser.cjs'),
    '-T',
    'json',
    ...readdirSync(tree),
  ];
  const run = spawnSync(
    process.execPath,
    args.filter((arg) => !/^(node_modules|package\.json)$/.test(arg)),
    {
      cwd: tree,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 ** 2,
    },
  );
  for (const { rule, from } of JSON.parse(run.stdout).summary.violations) {
    found.set(from, [...(found.get(from) ?? []), rule.name]);
  }
});

describe('import rules', () => {
  it.each(broken)('%s is broken by %s importing %s', (rule, path) => {
    expect(found.get(path)).toContain(rule);
  });

  it.each(kept.filter(([path]) => path !== 'apps/hub/src/x/d.ts'))('%s may import %s', (path) => {
    expect(found.get(path) ?? []).toEqual([]);
  });
});
