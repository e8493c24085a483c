// Owns the Debian below the other stand-ins: from this machine's own apt sources, with the authorities that it believes.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mark } from '../base-images.mjs';
import { podman } from '../engine.mjs';
import { RunError } from '../../run/output.mjs';
import { run, scratch } from './build.mjs';

export const debianImage = 'localhost/roundhouse-stand-in-debian:latest';
const ownAuthorities = '/usr/local/share/ca-certificates';
const apt = '/etc/apt';

function suite() {
  const release = readFileSync('/etc/os-release', 'utf8');
  const name = /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1];
  if (!/^ID=debian$/m.test(release) || !name)
    throw new RunError('Stand-ins are made of the packages of a Debian machine, and this is none');
  return name;
}

function sources() {
  const parts = join(apt, 'sources.list.d');
  const listed = existsSync(parts) ? readdirSync(parts).filter((name) => /\.(list|sources)$/.test(name)) : [];
  return [join(apt, 'sources.list'), ...listed.map((name) => join(parts, name))].filter((file) =>
    existsSync(file),
  );
}

/** How this machine reaches its sources is how the image does. */
async function aptSettings(file) {
  const dumped = await run('apt-config', ['dump']);
  const wanted = dumped.split('\n').filter((line) => /^Acquire::((https?|ftp)::Proxy|Check-)/i.test(line));
  writeFileSync(file, [...wanted, 'Acquire::Languages "none";', ''].join('\n'));
}

const hasAuthorities = () =>
  existsSync(ownAuthorities) && readdirSync(ownAuthorities).some((name) => name.endsWith('.crt'));

export const makeDebian = () =>
  scratch(async (dir) => {
    const [settings, archive] = [join(dir, 'apt.conf'), join(dir, 'debian.tar')];
    await aptSettings(settings);
    const left = ['man', 'doc', 'locale', 'info'].map(
      (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
    );
    const believe = `cp -r ${ownAuthorities}/. "$1${ownAuthorities}/" && chroot "$1" update-ca-certificates`;
    await run(
      'mmdebstrap',
      [
        ...['--quiet', '--mode=root', '--variant=minbase', '--include=ca-certificates', ...left],
        ...(hasAuthorities() ? [`--customize-hook=${believe}`] : []),
        `--customize-hook=cp ${settings} "$1/etc/apt/apt.conf.d/90machine"`,
        ...[suite(), archive, ...sources()],
      ],
      { label: 'unpacking Debian', quote: true },
    );
    // Node.js has its own list of authorities.
    const env = hasAuthorities()
      ? ['--change', 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt']
      : [];
    const changes = ['--change', 'CMD ["bash"]', '--change', `LABEL ${mark}=1`, ...env];
    await podman(['import', '-q', ...changes, archive, debianImage]);
  });
