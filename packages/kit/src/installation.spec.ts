// F:Q2: the command that brings another version is that of this kind of installation.
import { describe, expect, it } from 'vitest';
import { installationOf, updateCommand } from './installation.js';

const entry = '/opt/roundhouse/roundhouse-0.1.0/apps/hub/dist/main.js';
const root = '/opt/roundhouse/roundhouse-0.1.0';
const wanted = { version: '0.2.0', image: 'registry.example.com/roundhouse-daemon:0.2.0' };
const command = (...files: string[]): string =>
  updateCommand(
    installationOf(entry, (file) => files.includes(file)),
    wanted,
  );

describe('updateCommand', () => {
  it('of a release unpacks the other one beside it', () => {
    expect(command(`${root}/release.json`)).toBe(
      'tar -xzf roundhouse-0.2.0.tar.gz -C /opt/roundhouse && ln -sfn roundhouse-0.2.0 /opt/roundhouse/current',
    );
  });

  it('of a container pulls the image, also of one that is made of a release', () => {
    const pull = `podman pull ${wanted.image} (or docker pull)`;
    expect(command()).toBe(pull);
    expect(command(`${root}/release.json`, '/run/.containerenv')).toBe(pull);
    expect(command(`${root}/release.json`, '/.dockerenv')).toBe(pull);
  });

  it('of a checkout pulls the source and builds it, also where the checkout is in a container', () => {
    expect(command(`${root}/pnpm-workspace.yaml`, '/.dockerenv')).toBe(
      `git -C ${root} pull && node ${root}/scripts/run.mjs build`,
    );
  });
});
