/// <reference types="node" />
// Words that load with a feature: used anywhere else, their keys would be shown until that feature has been opened.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const src = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(src, file), 'utf8');
const folders: Readonly<Record<string, string>> = { 'host-page': 'hosts' };

it('are used in that feature alone', () => {
  const atStart = read('lib/i18n/en.ts');
  const tables = readdirSync(path.join(src, 'lib/i18n/en'))
    .map((file) => path.basename(file, '.ts'))
    .filter((name) => !atStart.includes(`'./en/${name}.js'`));
  const homes = new Map(
    tables.flatMap((name) =>
      [...read(`lib/i18n/en/${name}.ts`).matchAll(/^ {2}'([^']+)':/gm)].map(
        ([, key = '']): [string, string] => [
          key.replace(/\.(one|other)$/, ''),
          `features/${folders[name] ?? name}/`,
        ],
      ),
    ),
  );
  expect(homes.size).toBeGreaterThan(200);
  const strays = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.spec\.tsx?$/.test(file) && !file.startsWith('lib/i18n/'))
    .flatMap((file) =>
      [...read(file).matchAll(/'([a-z]+\.[\w.]+)'/gi)]
        .filter(([, key = '']) => !file.startsWith(homes.get(key) ?? file))
        .map(([, key]) => `${file}: ${key}`),
    );
  expect(strays).toEqual([]);
});
