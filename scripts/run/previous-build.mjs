// Owns the build of an earlier version, for the tests that prove that versions understand each other: made once, from
// the history of this checkout with that version's own lockfile, and kept outside of it.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { capture } from './child.mjs';
import { elapsed, say } from './output.mjs';
import { tool } from './paths.mjs';

/** The version before snapshots, the host's own emulator and the second protocol of the keeper. */
const commit = 'fa1b43354168c88cf1638dce879a351c58f36378';
/** Only what runs on its own: nobody opens a page of it. */
const parts = ['prisma', 'keeper'];
const programs = ['apps/hub', 'apps/daemon'];

/** Where it is; null when it cannot be had here, and then a line says why. */
export async function previousBuild() {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'roundhouse', 'builds');
  const place = join(cache, commit.slice(0, 12));
  if (existsSync(place)) return place;
  const startedAt = performance.now();
  say(`the version ${commit.slice(0, 12)}: building once, for the tests between versions`);
  try {
    mkdirSync(cache, { recursive: true });
    const fresh = mkdtempSync(join(cache, 'making-'));
    try {
      await make(fresh);
      renameSync(fresh, place);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  } catch (error) {
    say(`the version ${commit.slice(0, 12)} cannot be had here: ${error.message}`);
    return null;
  }
  say(`the version ${commit.slice(0, 12)}: built in ${elapsed(startedAt)} s`);
  return place;
}

async function make(dir) {
  const tar = join(dir, 'source.tar');
  await must('git', ['archive', '-o', tar, commit]);
  await must('tar', ['-xf', tar, '-C', dir]);
  rmSync(tar);
  // Its own builder knows how; a program of its own, since this one has its own idea of where the root is.
  const builder = pathToFileURL(join(dir, 'scripts/run/build.mjs')).href;
  const program = `(await import(${JSON.stringify(builder)})).build({ only: ${JSON.stringify(parts)} })`;
  await must(process.execPath, ['--input-type=module', '-e', `await ${program}`], { cwd: dir });
  // Its types were checked when it was made.
  await must(process.execPath, [tool.tsc, '-b', '--noCheck', ...programs], { cwd: dir });
}

async function must(command, args, options = {}) {
  const env = { ...process.env, CI: 'true' };
  const { code, output } = await capture(command, args, { env, label: 'an earlier version', ...options });
  if (code !== 0) throw new Error(output.trim().split('\n').slice(-3).join('; ') || `${command} failed`);
}
