// Owns the checks that come before any work: is this machine able to build and run Roundhouse at all?
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { RunError } from './output.mjs';
import { root } from './paths.mjs';

/** node_modules takes about 0.9 GB, the store that pnpm links from lives on the same disk for most people. */
const bytesToInstall = 2 * 1024 ** 3;
const bytesToRun = 200 * 1024 ** 2;

export function preflight() {
  requireGit();
  requireWritable();
  requireDisk();
}

function requireGit() {
  const git = spawnSync('git', ['--version'], { stdio: 'ignore' });
  if (git.status === 0) return;
  throw new RunError('git was not found.', {
    hint: 'Install it (Debian, Ubuntu: sudo apt install git) and run again.',
  });
}

function requireWritable() {
  try {
    accessSync(root, constants.W_OK);
  } catch (cause) {
    throw new RunError(`This user may not write to ${root}.`, {
      hint: 'Run as the owner of the checkout, or clone it again as this user.',
      cause,
    });
  }
}

function requireDisk() {
  const disk = statfsSync(root);
  const free = disk.bavail * disk.bsize;
  const needed = existsSync(`${root}/node_modules`) ? bytesToRun : bytesToInstall;
  if (free >= needed) return;
  throw new RunError(`The disk of ${root} is full: ${megabytes(free)} free, ${megabytes(needed)} needed.`, {
    hint: 'Free some space and run again.',
  });
}

const megabytes = (bytes) => `${Math.round(bytes / 1024 ** 2)} MB`;
