import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Packages are resolved from source, so that a unit test never runs against a stale build.
export default defineConfig({
  // Never 'import' here: Node would apply it to require() too, and CommonJS dependencies would get ES modules.
  ssr: { resolve: { conditions: ['source', 'node'] } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  test: {
    include: ['packages/*/src/**/*.spec.ts', 'apps/*/src/**/*.spec.{ts,tsx}', 'scripts/**/*.spec.mjs'],
    environment: 'node',
    setupFiles: ['./scripts/vitest/seed.mjs'],
    // Tests wait for processes about as long as they compute: three at a time also where there are two cores only.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // Files share a worker's modules, which are otherwise loaded anew for each of 300: a third of the whole time.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
