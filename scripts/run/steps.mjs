// DATA: the build steps. `inputs` are hashed; `outputs` must exist for a stamp to count; `after` orders them.
import { tool } from './paths.mjs';

const packageSources = ['packages/protocol', 'packages/profiles', 'packages/kit'];
const node = process.execPath;

/**
 * name: also the stamp's file name. title: what the terminal shows. argv: the program, run in `cwd` (from the root).
 * The web app is bundled from sources, its types are checked by `npm run check` and not on the way to a running hub.
 */
export const buildSteps = [
  {
    name: 'prisma',
    title: 'database client',
    after: [],
    inputs: ['apps/hub/prisma/schema.prisma', 'apps/hub/prisma.config.ts', 'scripts/prisma.mjs'],
    outputs: ['apps/hub/src/generated/prisma/client.ts'],
    argv: [node, 'scripts/prisma.mjs', 'generate'],
  },
  {
    name: 'compile',
    title: 'hub and daemon',
    after: ['prisma'],
    inputs: [...packageSources, 'apps/hub', 'apps/daemon', 'tsconfig.base.json'],
    outputs: [
      'packages/protocol/dist/index.js',
      'packages/profiles/dist/index.js',
      'packages/kit/dist/index.js',
      'apps/hub/dist/main.js',
      'apps/daemon/dist/main.js',
    ],
    argv: [node, tool.tsc, '-b', 'apps/hub', 'apps/daemon'],
  },
  {
    name: 'keeper',
    title: 'keeper',
    after: ['compile'],
    inputs: ['apps/daemon/src/keeper', 'apps/daemon/scripts', 'packages/kit/src', 'packages/protocol/src'],
    outputs: ['apps/daemon/dist/keeper/keeper.mjs', 'apps/daemon/dist/keeper/pty.node'],
    argv: [node, 'apps/daemon/scripts/build-keeper.mjs'],
  },
  {
    name: 'program',
    title: 'programs',
    after: ['compile'],
    inputs: [...packageSources, 'apps/hub', 'apps/daemon', 'scripts/run/bundle-program.mjs'],
    outputs: ['apps/hub/dist/program/main.js', 'apps/daemon/dist/program/main.js'],
    argv: [node, 'scripts/run/bundle-program.mjs', 'apps/hub', 'apps/daemon'],
  },
  {
    name: 'web',
    title: 'web app',
    after: [],
    inputs: ['apps/web', 'packages/protocol', 'packages/profiles', 'tsconfig.base.json'],
    outputs: ['apps/web/dist/index.html'],
    argv: [node, tool.vite, 'build', '--logLevel', 'warn'],
    cwd: 'apps/web',
  },
  {
    name: 'bundle',
    title: 'size of the web app',
    after: ['web'],
    inputs: ['apps/web', 'packages/protocol', 'packages/profiles', 'tsconfig.base.json'],
    outputs: ['apps/web/dist/index.html'],
    argv: [node, 'scripts/check-bundle.mjs'],
    cwd: 'apps/web',
  },
];
