// Owns the reading of a failed tool's output: the causes that a person can fix get a sentence of their own.
import { RunError } from './output.mjs';

const causes = [
  {
    pattern: /ENOSPC|no space left on device/i,
    message: 'the disk is full',
    hint: 'Free some space and run again; what is finished is kept.',
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL/,
    message: 'the npm registry could not be reached',
    hint: 'Check the connection, the proxy (HTTPS_PROXY) or the registry (npm config get registry), and run again.',
  },
  {
    pattern: /ERR_PNPM_OUTDATED_LOCKFILE/,
    message: 'pnpm-lock.yaml does not match a package.json',
    hint: 'If you changed dependencies, run `corepack pnpm install` and commit the lockfile.',
  },
  {
    pattern: /EACCES|EPERM/,
    message: 'a file could not be written (permission denied)',
    hint: 'Were the files made by another user, root perhaps? Give them back: sudo chown -R "$USER" .',
  },
];

/** A RunError for `what`, with the cause named if it is a known one, else with the end of the output. */
export function explainFailure(what, output) {
  const cause = causes.find(({ pattern }) => pattern.test(output));
  const tail = output.trim().split('\n').slice(-15).join('\n');
  if (!cause) return new RunError(`${what}.\n${tail}`);
  const detail = output.split('\n').find((line) => cause.pattern.test(line));
  return new RunError(`${what}: ${cause.message}.\n  ${detail?.trim() ?? ''}`, { hint: cause.hint });
}
