// Owns the fresh clone and the bare environment that its commands run in.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunError, say } from '../output.mjs';
import { root } from '../paths.mjs';
import { markerName } from './marked.mjs';

/** What a machine may need to reach its registry; everything else of the caller's environment is left behind. */
const network = /^(https?_proxy|no_proxy|all_proxy|npm_config_registry|node_extra_ca_certs|ssl_cert_file)$/i;

/** Clones HEAD into `dir/repo` with an empty HOME beside it, both owned by the account. */
export function freshClone(dir, { name, prefix, owner }) {
  const repo = join(dir, 'repo');
  const home = join(dir, 'home');
  mkdirSync(home);
  const dirty = command('git', ['-C', root, 'status', '--porcelain']).trim();
  if (dirty) say(`${name}: uncommitted changes are not in the clone (${dirty.split('\n').length} files)`);
  command('git', ['clone', '--quiet', '--no-hardlinks', root, repo]);
  if (owner) command('chown', ['-R', owner, dir]);
  const marker = randomUUID();
  const kept = Object.entries(process.env).filter(([key]) => network.test(key));
  const env = {
    ...Object.fromEntries(kept),
    PATH: process.env.PATH,
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: process.env.TMPDIR ?? '/tmp',
    [markerName]: marker,
  };
  // Root's default is /var/lib/roundhouse, where a Roundhouse that is in use may live.
  const state = owner || process.getuid() !== 0 ? join(home, '.local/share/roundhouse') : join(dir, 'state');
  const settings = {
    ROUNDHOUSE_PORT: '0',
    OTLP_PORT: '0',
    ...(owner ? {} : { ROUNDHOUSE_STATE_DIR: state }),
  };
  return { repo, state, env: { ...env, ...settings }, prefix, marker };
}

function command(program, args) {
  const done = spawnSync(program, args, { encoding: 'utf8' });
  if (done.status === 0) return done.stdout;
  throw new RunError(`${program} ${args.join(' ')} failed: ${done.stderr ?? done.error?.message}`);
}
