// For tests: the screen thread built from the sources as they are, so that a test of real threads needs no build.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = dirname(fileURLToPath(import.meta.url));

/** @returns path of the entry; beside the dependencies of this package, which it loads */
export async function buildThread(): Promise<string> {
  const dir = join(here, '../../../../node_modules/.roundhouse-test');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `screen-worker-${String(process.pid)}.mjs`);
  const bundle = await rolldown({
    input: join(here, '../screen-worker.ts'),
    platform: 'node',
    external: [/^node:/, /^@xterm\//],
    resolve: { conditionNames: ['source', 'import', 'node', 'default'] },
    logLevel: 'warn',
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}
