// Owns the lint rules that need no types; those that do are .oxlintrc.json's. Formatting is Prettier's; imports between folders
// are .dependency-cruiser.cjs's.
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { explicitInject } from './scripts/lint/explicit-inject.mjs';
import { fileName } from './scripts/lint/file-name.mjs';
import { maxParams } from './scripts/lint/max-params.mjs';
import * as restrict from './scripts/lint/restrictions.mjs';
import { dataTables } from './scripts/size-exempt.mjs';

const ts = ['**/*.ts', '**/*.tsx'];
const specs = ['**/*.spec.ts', '**/*.spec.tsx', 'e2e/**', 'bench/**', '**/testing/**'];
/** Files whose tool demands a default export. */
const toolConfig = ['*.config.{js,ts}', '**/*.config.{js,ts}'];
/** The only places that read the environment. */
const environment = [
  '**/config.ts',
  '**/config/**',
  '**/*.config.ts',
  '**/main.ts',
  '**/program.ts',
  '**/environment.ts',
];
/** Architecture rule 4: no IO, no clock, no chance. */
const pureCores = [
  'packages/protocol/src/**',
  'packages/profiles/src/**',
  '**/ring.ts',
  '**/frames.ts',
  '**/flow-control*.ts',
  '**/coalescer*.ts',
  '**/series*.ts',
  '**/normalise*.ts',
  '**/*-state.ts',
  '**/policy*.ts',
  '**/pricing*.ts',
  '**/prices.ts',
  '**/resolve*.ts',
  '**/*-graph.ts',
];

/** `no-restricted-syntax` does not merge between blocks, so each block names its whole list. */
const forbid = (...rules) => ({ 'no-restricted-syntax': ['error', ...rules.flat()] });
const { noDangerousHtml, noDefaultExport, noProcessEnv, pureCore } = restrict;

export default tseslint.config(
  {
    ignores: [
      '**/{dist,dist-types,node_modules,.cache,test-results,playwright-report,public,fixtures}/',
      'apps/hub/src/generated/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    plugins: {
      roundhouse: {
        rules: { 'file-name': fileName, 'explicit-inject': explicitInject, 'max-params': maxParams },
      },
    },
    rules: {
      'roundhouse/file-name': 'error',
      'roundhouse/explicit-inject': 'error',
      'max-lines': ['error', { max: 400 }],
      'roundhouse/max-params': 'error',
      complexity: ['error', { max: 15 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'off',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      ...forbid(noDefaultExport),
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: globals.node } },
  {
    files: ts,
    extends: [tseslint.configs.recommended],
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      ...forbid(noDefaultExport, noProcessEnv),
    },
  },
  { files: pureCores, ignores: specs, rules: forbid(noDefaultExport, noProcessEnv, pureCore) },
  { files: environment, rules: forbid(noDefaultExport) },
  {
    files: ['apps/web/**/*.tsx', 'apps/web/**/*.ts'],
    languageOptions: { globals: globals.browser },
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs['recommended-latest'].rules,
      ...forbid(noDefaultExport, noProcessEnv, noDangerousHtml),
    },
  },
  {
    files: ['**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }] },
  },
  {
    // Tests: long describe blocks and environments of children are fine.
    files: specs,
    rules: {
      'max-lines-per-function': 'off',
      ...forbid(noDefaultExport),
    },
  },
  { files: dataTables, rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' } },
  {
    files: toolConfig,
    rules: { 'no-restricted-syntax': 'off' },
  },
);
