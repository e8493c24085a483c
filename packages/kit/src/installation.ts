// How this program was installed, and with that the command that brings another version.
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface Installation {
  readonly kind: 'container' | 'release' | 'checkout';
  /** Directory that holds apps/ and packages/. */
  readonly root: string;
}

export interface Wanted {
  /** Null: the newest. */
  readonly version: string | null;
  /** Of the containers, where it is known. */
  readonly image: string | null;
}

/** Marks that container engines leave inside: podman's and Docker's. */
const containerMarks = ['/run/.containerenv', '/.dockerenv'];

/** @param entry absolute path of apps/<program>/dist/main.js */
export function installationOf(entry: string, exists: (file: string) => boolean = existsSync): Installation {
  const root = path.resolve(entry, '../../../..');
  // A checkout may well stand in a container; an image has neither of the two files, or that of the release it is made of.
  if (exists(path.join(root, 'pnpm-workspace.yaml'))) return { kind: 'checkout', root };
  const isRelease = exists(path.join(root, 'release.json')) && !containerMarks.some(exists);
  return { kind: isRelease ? 'release' : 'container', root };
}

/** What to run where it is installed; the program is to be started again after that. */
export function updateCommand({ kind, root }: Installation, { version, image }: Wanted): string {
  if (kind === 'checkout') return `git -C ${root} pull && node ${root}/scripts/run.mjs build`;
  if (kind === 'container') return `podman pull ${image ?? '<image>'} (or docker pull)`;
  const name = `roundhouse-${version ?? '<version>'}`;
  const place = path.dirname(root);
  return `tar -xzf ${name}.tar.gz -C ${place} && ln -sfn ${name} ${place}/current`;
}
