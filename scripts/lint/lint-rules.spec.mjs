// Each of Roundhouse's own lint rules is broken once, and kept once.
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { explicitInject } from './explicit-inject.mjs';
import { fileName } from './file-name.mjs';
import { maxParams } from './max-params.mjs';
import * as restrict from './restrictions.mjs';

const restricted = Object.values(restrict).flat();

function lint(code, filename = 'apps/hub/src/x/x.service.tsx') {
  const found = new Linter().verify(
    code,
    [
      {
        files: ['**/*.ts', '**/*.tsx'],
        languageOptions: { parser: tseslint.parser, parserOptions: { ecmaFeatures: { jsx: true } } },
        plugins: {
          roundhouse: {
            rules: { 'file-name': fileName, 'explicit-inject': explicitInject, 'max-params': maxParams },
          },
        },
        rules: {
          'no-restricted-syntax': ['error', ...restricted],
          'roundhouse/file-name': 'error',
          'roundhouse/explicit-inject': 'error',
          'roundhouse/max-params': 'error',
        },
      },
    ],
    { filename },
  );
  return found.map((each) => each.message);
}

describe('lint rules', () => {
  it.each([
    ['a provider without @Inject', '@Injectable() export class A { constructor(private readonly b: B) {} }'],
    ['a controller with one of two', '@Controller("x") class A { constructor(@Inject(B) b: B, c: C) {} }'],
    ['a default export', 'export default 1;'],
    ['raw HTML', 'const a = <b dangerouslySetInnerHTML={{ __html: x }} />;'],
    ['the environment', 'const a = process.env["A"];'],
    ['the time', 'const a = Date.now();'],
    ['the time of day', 'const a = new Date();'],
    ['chance', 'const a = Math.random();'],
    ['five parameters', 'function f(a, b, c, d, e) {}'],
    ['a timer', 'setTimeout(f, 1);'],
  ])('refuses %s', (_name, code) => {
    expect(lint(code)).toHaveLength(1);
  });

  it.each([
    [
      'explicit injection',
      '@Injectable() class A { constructor(@Inject(B) private readonly b: B, @Inject(C) c: C) {} }',
    ],
    [
      'five injected parameters',
      '@Injectable() class A { constructor(@Inject(B) b, @Inject(B) c, @Inject(B) d, @Inject(B) e, @Inject(B) f) {} }',
    ],
    ['a plain class', 'export class A { constructor(private readonly b: B) {} }'],
    ['a date of a given instant', 'const a = new Date(ms);'],
  ])('accepts %s', (_name, code) => {
    expect(lint(code)).toEqual([]);
  });

  it.each(['src/utils.ts', 'src/date-utils.ts', 'src/helpers.ts', 'src/SessionCard.tsx', 'src/index.ts'])(
    'refuses the file name %s',
    (name) => {
      expect(lint('export const a = 1;', name)).toHaveLength(1);
    },
  );

  it.each([
    'packages/kit/src/index.ts',
    'src/session-list.service.ts',
    'src/$session-id.tsx',
    'src/__root.tsx',
  ])('accepts the file name %s', (name) => {
    expect(lint('export const a = 1;', name)).toEqual([]);
  });
});
