// Owns `npm run bench:terminal`, `bench:scale`, `bench:ingest` and `soak`: builds what is stale and runs the benchmark on it.
import { build } from './build.mjs';
import { bundleForTests } from './bundle-program.mjs';
import { passThrough } from './child.mjs';
import { inRoot } from './paths.mjs';

/** The command that runs a script of `bench/`; what stands behind its name is handed on. */
export const bench = (script) => ({
  async run(args) {
    await build();
    await bundleForTests();
    return passThrough(process.execPath, [
      '--import',
      inRoot('bench/register.mjs'),
      inRoot('bench', script),
      ...args,
    ]);
  },
});
