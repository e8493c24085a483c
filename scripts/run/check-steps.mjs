// DATA: the steps of `npm run check`. `fix` is what the table tells the person to run.
import { tool } from './paths.mjs';

const node = process.execPath;
const cache = 'node_modules/.roundhouse';

export const checkSteps = [
  {
    name: 'types',
    after: [],
    argv: [node, tool.tsc, '-b'],
    fix: 'see the messages above',
  },
  {
    // Not part of the build: it uses the declarations that the build makes.
    name: 'types of e2e',
    after: ['types'],
    argv: [node, tool.tsc, '-p', 'e2e'],
    fix: 'see the messages above',
  },
  {
    name: 'types of bench',
    after: ['types'],
    argv: [node, tool.tsc, '-p', 'bench'],
    fix: 'see the messages above',
  },
  {
    name: 'format',
    after: [],
    argv: [
      node,
      tool.prettier,
      '--check',
      '--cache',
      '--cache-location',
      `${cache}/prettier`,
      '--log-level',
      'warn',
      '.',
    ],
    fix: 'npx prettier --write <files>',
  },
  { name: 'sizes', after: [], argv: [node, 'scripts/check-sizes.mjs'], fix: 'split the file' },
  {
    name: 'secrets',
    after: [],
    argv: [node, tool.secretlint, '**/*'],
    fix: 'remove it, and replace it where it is valid; test values say :secret@ or :canary@',
  },
  {
    // Without a cache: what a file may do depends on the types of others.
    name: 'lint by type',
    after: ['types'],
    argv: [node, tool.oxlint, '--deny-warnings'],
    fix: 'see the messages above; npx oxlint --fix <files>',
  },
  {
    name: 'lint',
    after: [],
    argv: [
      node,
      tool.eslint,
      '--cache',
      '--cache-strategy',
      'content',
      '--cache-location',
      `${cache}/eslint`,
      '--max-warnings',
      '0',
      '.',
    ],
    fix: 'npx eslint --fix <files>',
  },
  {
    name: 'boundaries',
    after: [],
    argv: [node, tool.depcruise, '--config', '.dependency-cruiser.cjs', 'packages', 'apps'],
    fix: 'docs/architecture.md lists who may import what',
  },
  { name: 'unused', after: [], argv: [node, tool.knip, '--no-progress'], fix: 'delete it or use it' },
  {
    name: 'profiles',
    after: ['types'],
    argv: [node, 'scripts/run.mjs', 'profiles:check'],
    fix: 'see docs/profiles.md',
  },
  {
    name: 'docs',
    after: ['types'],
    argv: [node, 'scripts/gen-docs.mjs', '--check'],
    fix: 'node scripts/gen-docs.mjs',
  },
  {
    name: 'containerfile',
    after: ['types'],
    argv: [node, 'scripts/render-containerfile.mjs', '--check'],
    fix: 'node scripts/render-containerfile.mjs',
  },
  {
    name: 'migrations',
    after: ['types'],
    argv: [node, 'scripts/migration.mjs', 'check'],
    fix: 'node scripts/migration.mjs create <name>',
  },
];
