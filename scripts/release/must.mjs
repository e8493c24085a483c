// Owns running a tool that has to succeed: its output, or a RunError with its last words.
import { capture } from '../run/child.mjs';
import { RunError } from '../run/output.mjs';

export async function must(command, args, { env = {}, ...options } = {}) {
  // Nothing of the person's language, zone or mask may get into what is made.
  const fixed = { ...process.env, CI: 'true', LC_ALL: 'C', TZ: 'UTC', ...env };
  const { code, output } = await capture(command, args, { ...options, env: fixed });
  if (code === 0) return output;
  throw new RunError(
    `${command} ${args.slice(0, 3).join(' ')} failed: ${output.trim().split('\n').slice(-8).join('\n')}`,
  );
}
