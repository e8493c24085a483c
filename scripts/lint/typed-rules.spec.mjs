// Each rule of .oxlintrc.json is broken once: a rule that was renamed or lost its types would find nothing, and say nothing.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inRoot, tool } from '../run/paths.mjs';

const offences = {
  'await-thenable': 'export const a = async (): Promise<void> => { await 5; };',
  'no-array-delete': 'const list = [1]; delete list[0];',
  'no-base-to-string': 'String({});',
  'no-duplicate-type-constituents': "export type B = 'a' | 'a';",
  'no-floating-promises': 'Promise.resolve();',
  'no-for-in-array': 'for (const i in [1]) void i;',
  'no-implied-eval': "setTimeout('f()', 1);",
  'no-misused-promises': '[1].forEach(async () => { await Promise.resolve(); });',
  'no-redundant-type-constituents': "export type C = string | 'a';",
  'no-unnecessary-type-assertion': 'export const d = (s: string) => s as string;',
  'no-unsafe-argument': "((n: number) => n)(JSON.parse('1'));",
  'no-unsafe-assignment': "const e = JSON.parse('1'); void e;",
  'no-unsafe-call': "JSON.parse('1')();",
  'no-unsafe-enum-comparison': 'enum F { A } export const f = (v: F) => v === 0;',
  'no-unsafe-member-access': "void JSON.parse('1').x;",
  'no-unsafe-return': "export const g = (): number => JSON.parse('1');",
  'no-unsafe-unary-minus': 'export const h = (s: string) => -s;',
  'only-throw-error': "export const i = () => { throw 'x'; };",
  'prefer-promise-reject-errors': "void Promise.reject('x');",
  'require-await': 'export const j = async (): Promise<number> => { return 1; };',
  'restrict-plus-operands': 'export const k = (n: number) => n + {};',
  'restrict-template-expressions': 'export const l = (o: object) => `${o}`;',
  'switch-exhaustiveness-check': "export const m = (n: 'a' | 'b') => { switch (n) { case 'a': break; } };",
  'unbound-method': 'class N { n(): void { void this; } } export const n = new N().n;',
};

const directory = mkdtempSync(join(tmpdir(), 'roundhouse-lint-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function lint() {
  return new Promise((resolve, reject) => {
    const args = [tool.oxlint, '--format', 'json'];
    const options = { cwd: directory, timeout: 50_000 };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      // It ends with 1 where it finds something; what is no report says why in other words.
      if (stdout.startsWith('{')) resolve(JSON.parse(stdout));
      else reject(new Error(`oxlint gave no report: ${stderr || stdout}`, { cause: error }));
    });
  });
}

it('each rule that needs types finds its offence', async () => {
  copyFileSync(inRoot('.oxlintrc.json'), join(directory, '.oxlintrc.json'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  const compilerOptions = { strict: true, module: 'nodenext', target: 'es2023', types: [], noEmit: true };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(join(directory, 'offences.ts'), `export {};\n${Object.values(offences).join('\n')}\n`);
  const { diagnostics } = await lint();
  const found = diagnostics.map(({ code }) => /\(([a-z-]+)\)/.exec(code)?.[1] ?? code);
  const { rules } = JSON.parse(readFileSync(inRoot('.oxlintrc.json'), 'utf8'));
  const configured = Object.keys(rules).map((name) => name.replace('typescript/', ''));
  expect([...new Set(found)].sort()).toEqual(configured.sort());
  expect(Object.keys(offences).sort()).toEqual(configured.sort());
}, 60_000);
