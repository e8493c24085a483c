// Bundles the keeper to one file, with node-pty's binary beside it: node scripts/build-keeper.mjs [outDir]
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** node-pty asks npm's platform packages for its binary; a keeper takes the one that lies beside it. */
const binaryBeside = {
  name: 'binary-beside',
  load(id) {
    if (!id.endsWith('/requireBinary.js')) return null;
    return `exports.requireBinary = (file) => process.getBuiltinModule('module').createRequire(__KEEPER_FILE__)(__KEEPER_DIR__ + '/' + file);`;
  },
  transform(code, id) {
    if (!id.endsWith('/unixTerminal.js')) return null;
    return code.replace('require.resolve(helperPath)', "__KEEPER_DIR__ + '/spawn-helper'");
  },
  renderChunk(code) {
    const here =
      "import { fileURLToPath as __toPath } from 'node:url';\nconst __KEEPER_FILE__ = __toPath(import.meta.url);\nconst __KEEPER_DIR__ = __KEEPER_FILE__.slice(0, __KEEPER_FILE__.lastIndexOf('/'));\n";
    return here + code;
  },
};

/** Directory of the prebuilt binary for this platform, found from node-pty's own place. */
function binaryDir() {
  const nodePty = createRequire(join(root, 'package.json')).resolve('node-pty');
  const name = `@lydell/node-pty-${process.platform}-${process.arch}/package.json`;
  return dirname(createRequire(nodePty).resolve(name));
}

/** Writes keeper.mjs, pty.node (and on macOS spawn-helper) to `outDir`. */
export async function buildKeeper(outDir = join(root, 'dist/keeper')) {
  mkdirSync(outDir, { recursive: true });
  const bundle = await rolldown({
    input: join(root, 'src/keeper/keeper-main.ts'),
    platform: 'node',
    external: [/^node:/],
    plugins: [binaryBeside],
    logLevel: 'warn',
  });
  await bundle.write({ file: join(outDir, 'keeper.mjs'), format: 'esm', codeSplitting: false });
  await bundle.close();
  for (const file of ['pty.node', 'spawn-helper']) {
    const source = join(binaryDir(), file);
    if (!existsSync(source)) continue;
    copyFileSync(source, join(outDir, file));
    chmodSync(join(outDir, file), 0o755);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildKeeper(process.argv[2] ? resolve(process.argv[2]) : undefined);
}
