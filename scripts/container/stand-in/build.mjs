// Owns what the stand-ins have in common: their mark, a directory to build in, packages of npm.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from '../../run/child.mjs';
import { RunError } from '../../run/output.mjs';
import { mark } from '../base-images.mjs';
import { podman } from '../engine.mjs';

export async function run(command, args, options = {}) {
  const { code, output } = await capture(command, args, options);
  if (code !== 0) throw new RunError(`${command} ${args[0]} failed (${code}):\n${output.slice(-3000)}`);
  return output.trim();
}

/** A directory for as long as `work` takes. */
export async function scratch(work) {
  const dir = mkdtempSync(join(tmpdir(), 'roundhouse-stand-in-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Unpacks a package of npm, by npm's own settings: `name@version`. */
export async function unpackNpm(spec, dir, into, ...tarOptions) {
  const said = await run('npm', ['pack', '--silent', spec], { cwd: dir, label: `fetching ${spec}` });
  const file = join(dir, said.split('\n').at(-1));
  await run('tar', ['-xzf', file, '-C', into, '--no-same-owner', ...tarOptions]);
  rmSync(file);
}

export const buildImage = (image, context) =>
  podman(['build', '-q', '--pull=never', '--label', `${mark}=1`, '-t', image, context], {
    label: `building a stand-in for ${image}`,
  });
