// Owns the lint rules. Formatting is Prettier's; imports between folders are .dependency-cruiser.cjs's.
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
const environment = ['**/config.ts', '**/config/**', '**/*.config.ts', '**/main.ts', '**/environment.ts'];
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
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNever: true }],
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
    // Tests: long describe blocks, unsafe reads of what came over a wire, and environments of children are fine.
    files: specs,
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      ...forbid(noDefaultExport),
    },
  },
  { files: dataTables, rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' } },
  {
    files: toolConfig,
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
