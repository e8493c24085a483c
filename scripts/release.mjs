// Owns `npm run release -- --out DIR`: one tarball of a commit with everything that runs, its bill of materials and
// checksums. The same commit gives the same bytes; docs/upgrade.md says how it is installed.
//   --ref REF  another commit than HEAD      --out DIR  where the files go (default: .cache/release)
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { RunError, elapsed, say } from './run/output.mjs';
import { cacheDir } from './run/paths.mjs';
import { pack, sha256Of } from './release/archive.mjs';
import { reachable } from './release/package-graph.mjs';
import { billOfMaterials } from './release/sbom.mjs';
import { buildSource, commitOf } from './release/stage.mjs';
import { assemble } from './release/tree.mjs';

function readOptions() {
  try {
    const options = { out: { type: 'string' }, ref: { type: 'string' } };
    const { values } = parseArgs({ options, allowPositionals: false });
    return { out: resolve(values.out ?? join(cacheDir, 'release')), ref: values.ref ?? 'HEAD' };
  } catch (error) {
    throw new RunError(error.message, { hint: 'There are: --out DIR, --ref REF', exitCode: 2 });
  }
}

async function makeRelease({ out, ref }) {
  const { commit, seconds } = await commitOf(ref);
  const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? seconds);
  // Files are made with these rights whatever the person's mask; tar cannot give back what was never there.
  process.umask(0o022);
  const work = mkdtempSync(join(tmpdir(), 'roundhouse-release-'));
  try {
    const source = join(work, 'source');
    say(`building ${commit.slice(0, 12)}`);
    await buildSource(source, commit);
    const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    const release = { version, commit, builtFrom: new Date(epoch * 1000).toISOString(), node: '>=20.19' };
    const name = `roundhouse-${version}`;
    say('assembling');
    const tree = join(work, 'tree', name);
    const installed = await assemble(tree, source, release);
    const sbom = billOfMaterials({
      ...{ release, installed, bundled: reachable([join(source, 'apps/web')]) },
      lockfile: readFileSync(join(source, 'pnpm-lock.yaml'), 'utf8'),
    });
    mkdirSync(out, { recursive: true });
    const files = [join(out, `${name}.tar.gz`), join(out, `${name}.cdx.json`)];
    const [tarball, bill] = files;
    writeFileSync(bill, `${JSON.stringify(sbom, null, 2)}\n`);
    writeFileSync(join(tree, 'sbom.cdx.json'), readFileSync(bill));
    say('packing');
    await pack({ parent: join(work, 'tree'), folder: name, file: tarball, seconds: epoch });
    const sums = await Promise.all(files.map(async (file) => `${await sha256Of(file)}  ${basename(file)}\n`));
    writeFileSync(join(out, 'SHA256SUMS'), sums.join(''));
    say(`${tarball} (${sbom.components.length} components, ${elapsed()} s)`);
    process.stdout.write(sums.join(''));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  await makeRelease(readOptions());
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  say(`error: ${error.message}`);
  if (error.hint) say(`  ${error.hint}`);
  process.exitCode = error.exitCode;
}
