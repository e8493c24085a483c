// Owns switching the repository's own git hooks on. A convenience: it never fails and never touches CI.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { inRoot, root } from './paths.mjs';

export function enableHooks() {
  if (process.env.CI || !existsSync(inRoot('.git')) || !existsSync(inRoot('.githooks'))) return;
  const git = (...args) => spawnSync('git', ['config', '--local', ...args], { cwd: root, encoding: 'utf8' });
  // A value that somebody chose stays.
  if (git('--get', 'core.hooksPath').stdout?.trim()) return;
  git('core.hooksPath', '.githooks');
}
