// Owns what is checked of a release that was made twice; each takes `{base, first, second, name}` and throws what is wrong.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { until } from '../container/until.mjs';
import { stopperOf } from '../run/child.mjs';
import { sha256Of } from './archive.mjs';
import { must } from './must.mjs';

const readyMs = 120_000;

export const checks = [
  ['both are the same to the byte, and the sums say so', sameBytes],
  ['nothing inside tells where it was built, and nothing is a test or a map', noTraces],
  ['R:H18 the bill of materials has what CycloneDX 1.6 asks for, of everything inside', completeBill],
  ['the hub runs from where it is unpacked, and serves its page', hubRuns],
  ['the daemon runs from where it is unpacked', daemonRuns],
];

async function sameBytes({ first, second, name }) {
  const sums = readFileSync(join(first, 'SHA256SUMS'), 'utf8');
  assert.equal(readFileSync(join(second, 'SHA256SUMS'), 'utf8'), sums);
  for (const file of [`${name}.tar.gz`, `${name}.cdx.json`])
    assert.ok(sums.includes(`${await sha256Of(join(second, file))}  ${file}\n`), file);
}

async function noTraces({ base, first, name }) {
  const tarball = join(first, `${name}.tar.gz`);
  await must('tar', ['-xzf', tarball, '-C', base]);
  assert.equal(await shell('tar -tvzf "$1" | grep -v " 0/0 " || true', tarball), '', 'owners');
  for (const script of [
    'find "$1" -name "*.map" -o -name .bin -o -name .modules.yaml -o -name "*.tsbuildinfo" -o -name "*.d.ts"',
    'find "$1" -name node_modules -prune -o -type f \\( -name "*.spec.js" -o -path "*/testing/*" \\) -print',
  ])
    assert.equal(await shell(script, join(base, name)), '', script);
  for (const trace of [base, 'roundhouse-release-'])
    assert.equal(await shell('grep -rlF -- "$1" "$2" || true', trace, join(base, name)), '', trace);
}

const shell = (script, ...args) => must('sh', ['-c', script, 'sh', ...args]);

function completeBill({ base, first, name }) {
  const text = readFileSync(join(first, `${name}.cdx.json`), 'utf8');
  assert.equal(readFileSync(join(base, name, 'sbom.cdx.json'), 'utf8'), text);
  const bill = JSON.parse(text);
  assert.equal(bill.bomFormat, 'CycloneDX');
  assert.equal(bill.specVersion, '1.6');
  assert.match(
    bill.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.ok(Number.isInteger(bill.version) && !Number.isNaN(Date.parse(bill.metadata.timestamp)));
  const refs = new Set([
    bill.metadata.component['bom-ref'],
    ...bill.components.map((each) => each['bom-ref']),
  ]);
  assert.equal(refs.size, bill.components.length + 1, 'each bom-ref is there once');
  for (const each of bill.components) {
    const words = [
      each.type,
      each.name,
      each.version,
      each.purl,
      each.licenses?.length,
      each.hashes?.[0]?.content,
    ];
    assert.ok(words.every(Boolean), JSON.stringify(each));
    assert.match(each.hashes[0].content, /^[0-9a-f]{128}$/);
  }
  const edges = bill.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
  assert.deepEqual(
    edges.filter((ref) => !refs.has(ref)),
    [],
  );
}

/** Runs a launcher of the unpacked release until `seen` says so; resolves to its lines. */
async function launched({ base, name, program, env, seen }) {
  const home = join(base, `home-${program}`);
  mkdirSync(home, { recursive: true });
  const child = spawn(join(base, name, 'bin', `roundhouse-${program}`), [], {
    env: { PATH: process.env.PATH, HOME: home, ROUNDHOUSE_STATE_DIR: join(home, 'state'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const stop = stopperOf(child, `the ${program} of the release`);
  try {
    return await until(() => seen(lines, child.exitCode), {
      what: `the ${program} of the release`,
      ms: readyMs,
    });
  } finally {
    await stop();
  }
}

async function hubRuns({ base, name }) {
  const seen = async (lines) => {
    const url = lines.find((line) => line.startsWith('Roundhouse is ready: '))?.split(': ')[1];
    if (!url) return null;
    const [ready, page] = await Promise.all([fetch(`${url}/readyz`), fetch(url)]);
    assert.equal(ready.status, 200);
    assert.match(await page.text(), /<div id="root">/);
    return true;
  };
  await launched({ base, name, program: 'hub', env: { ROUNDHOUSE_PORT: '0' }, seen });
}

async function daemonRuns({ base, name }) {
  // Without its hub's address it says what it needs, and it ends: everything that it loads was there.
  const seen = (lines, code) => code !== null && lines.some((line) => line.includes('HUB_URL'));
  await launched({ base, name, program: 'daemon', env: {}, seen });
}
