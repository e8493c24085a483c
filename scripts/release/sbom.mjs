// Owns the bill of materials of a release: CycloneDX 1.6 as JSON, from what is really inside, with the hashes of the lockfile.
import { createHash } from 'node:crypto';
import { idOf } from './package-graph.mjs';

const purlOf = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** `installed` lies in node_modules; `bundled` is part of the web app's files. Both as package-graph.mjs lists them. */
export function billOfMaterials({ release, installed, bundled, lockfile }) {
  const integrity = integrityOf(lockfile);
  const all = new Map();
  for (const [found, place] of [
    [installed, 'node_modules'],
    [bundled, 'apps/web/dist'],
  ]) {
    for (const each of found) {
      const known = all.get(idOf(each)) ?? { ...each, places: new Set(), needs: new Set(), isDirect: false };
      known.places.add(place);
      known.isDirect ||= each.isDirect;
      for (const id of each.needs) known.needs.add(id);
      all.set(idOf(each), known);
    }
  }
  const packages = [...all.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const root = `roundhouse@${release.version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(`${root} ${release.commit}`)}`,
    version: 1,
    metadata: {
      timestamp: release.builtFrom,
      lifecycles: [{ phase: 'build' }],
      tools: {
        components: [{ type: 'application', name: 'roundhouse release script', version: release.version }],
      },
      component: {
        ...{ type: 'application', 'bom-ref': root, name: 'roundhouse', version: release.version },
        ...{
          purl: `pkg:generic/roundhouse@${release.version}`,
          licenses: [{ license: { id: 'Apache-2.0' } }],
        },
        properties: [{ name: 'roundhouse:commit', value: release.commit }],
      },
    },
    components: packages.map((each) => component(each, integrity)),
    dependencies: [
      { ref: root, dependsOn: packages.filter(({ isDirect }) => isDirect).map((each) => idOf(each)) },
      ...packages.map((each) => ({ ref: idOf(each), dependsOn: [...each.needs].sort() })),
    ],
  };
}

function component(each, integrity) {
  const hash = integrity.get(idOf(each));
  const scope = each.name.startsWith('@') ? each.name.split('/') : [undefined, each.name];
  return {
    type: 'library',
    'bom-ref': idOf(each),
    ...(scope[0] ? { group: scope[0] } : {}),
    name: scope[1],
    version: each.version,
    scope: 'required',
    ...(hash ? { hashes: [{ alg: 'SHA-512', content: hash }] } : {}),
    ...(each.license ? { licenses: [licence(each.license)] } : {}),
    purl: purlOf(each),
    properties: [...each.places].sort().map((value) => ({ name: 'roundhouse:place', value })),
  };
}

/** `MIT` is an id, `(MIT OR Apache-2.0)` an expression, and what is neither is a name. */
function licence(text) {
  if (/^[A-Za-z0-9.+-]+$/.test(text)) return { license: { id: text } };
  if (/^\(?[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*\)?$/.test(text)) return { expression: text };
  return { license: { name: text } };
}

/** `name@version` to the SHA-512 of its tarball, in hex, as pnpm-lock.yaml pins it. */
export function integrityOf(lockfile) {
  const pins = lockfile.matchAll(
    /^ {2}'?((?:@[^@'\s]+\/)?[^@'\s]+@[^:'\s]+)'?:\n {4}resolution: \{integrity: sha512-([A-Za-z0-9+/=]+)/gm,
  );
  return new Map([...pins].map(([, id, base64]) => [id, Buffer.from(base64, 'base64').toString('hex')]));
}

/** The same for the same text: a release made twice is the same to the byte. */
function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(hex[16], 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
