// The quadlets of deploy/ say the same as compose.yml; podman's own generator checks them where there is one (podman 4.4 on).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inRoot } from '../run/paths.mjs';

const directory = inRoot('deploy/quadlet');
const text = (name) => readFileSync(`${directory}/${name}`, 'utf8');
const values = (name, key) =>
  [...text(name).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value);
const generator = ['/usr/libexec/podman/quadlet', '/usr/lib/podman/quadlet'].find(existsSync);

describe('deploy/quadlet', () => {
  it('T34 confines as compose.yml does', () => {
    const daemons = ['roundhouse-daemon', 'roundhouse-daemon-apart', 'roundhouse-keepers'];
    for (const name of ['roundhouse-hub', ...daemons].map((each) => `${each}.container`)) {
      expect(values(name, 'ReadOnly')).toEqual(['true']);
      expect(values(name, 'AddCapability')).toEqual([]);
    }
    for (const name of readdirSync(directory).filter((file) => file.endsWith('.container'))) {
      expect(values(name, 'DropCapability')).toEqual(['all']);
      expect(values(name, 'NoNewPrivileges')).toEqual(['true']);
    }
    expect(values('roundhouse-hub.container', 'PublishPort')).toEqual(['127.0.0.1:4400:4400']);
  });

  it('names the images, the secret and the volumes of compose.yml', () => {
    const compose = readFileSync(inRoot('compose.yml'), 'utf8');
    for (const name of ['roundhouse-hub.container', 'roundhouse-db.container'])
      for (const image of values(name, 'Image')) expect(compose).toContain(image);
    expect(compose).toContain('DATABASE_URL_FILE: /run/roundhouse/database-url');
    expect(values('roundhouse-hub.container', 'Environment')).toContain(
      'DATABASE_URL_FILE=/run/roundhouse/database-url',
    );
    const files = readdirSync(directory);
    const named = files.flatMap((file) => [...text(file).matchAll(/^(?:Volume|Network)=([\w-]+\.\w+)/gm)]);
    expect(named.map(([, file]) => file).filter((file) => !files.includes(file))).toEqual([]);
  });

  it('keeps apart what docs/hosts.md keeps apart: one image, one volume, one set of namespaces', () => {
    const [keepers, daemon] = ['roundhouse-keepers.container', 'roundhouse-daemon-apart.container'];
    expect(values(daemon, 'Image')).toEqual(values(keepers, 'Image'));
    const name = values(keepers, 'ContainerName')[0];
    const shared = values(daemon, 'PodmanArgs').join(' ').split(' ').sort();
    const page = readFileSync(inRoot('docs/hosts.md'), 'utf8').split('## Keepers apart')[1];
    expect(shared).toEqual([
      ...['--network', '--pid', '--userns'].map((option) => `${option}=container:${name}`),
      `--volumes-from=${name}`,
    ]);
    for (const option of shared) expect(page).toContain(option.replace(name, '$K'));
    expect(values(keepers, 'Exec')).toEqual(['keeper-host']);
    expect(values(daemon, 'Environment')).toContain('ROUNDHOUSE_KEEPERS=apart');
  });

  it.skipIf(!generator)('is taken by the generator of podman', () => {
    const { status, stderr } = spawnSync(generator, ['-dryrun', '-user'], {
      env: { ...process.env, QUADLET_UNIT_DIRS: directory },
      encoding: 'utf8',
    });
    expect([status, stderr.match(/unsupported|error/i)]).toEqual([0, null]);
  });
});
