// A hub that no longer speaks with this daemon says which version it wants; how to get it is known here.
import { fileURLToPath } from 'node:url';
import { installationOf, updateCommand, type Installation } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { z } from 'zod';

/** Whoever answers at the hub's address has proven nothing yet, and a person may paste this into a shell. */
const wantedSchema = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/),
  image: z.string().regex(/^[a-z0-9][a-z0-9._:/@-]*$/i),
});
const entry = fileURLToPath(new URL('../main.js', import.meta.url));

/** The refusal with the command of this installation in place of a general hint. */
export function withUpdateCommand(
  refusal: AppError,
  installation: Installation = installationOf(entry),
): AppError {
  const wanted = wantedSchema.safeParse(refusal.details['update']);
  if (refusal.code !== 'PROTOCOL_MISMATCH' || !wanted.success) return refusal;
  const { message, details } = refusal;
  const command = updateCommand(installation, wanted.data);
  const hint = `Update this daemon to ${wanted.data.version}, then start it again: ${command}`;
  return new AppError('PROTOCOL_MISMATCH', { message, details, hint });
}
