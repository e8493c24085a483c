// What a person chose for a session, checked against its profile, this host and the shape of secrets. Pure.
import path from 'node:path';
import { looksSecret, resolveChoice, type Profile, type ResolvedChoice } from '@roundhouse/profiles';
import { AppError, type SessionOptions, type SpawnOp } from '@roundhouse/protocol';
import type { LocalPolicy } from '../policy/local-policy.js';
import { requireMode } from '../policy/permission-gate.js';

export interface ChoiceRequest {
  readonly profile: Profile;
  readonly options: SessionOptions;
  readonly project: string;
  /** What a person typed. */
  readonly confirm: string | undefined;
  readonly policy: Pick<LocalPolicy, 'checkOptions' | 'modeCeiling'>;
}

/** @throws AppError POLICY_REFUSED, BYPASS_REFUSED, SECRET_IN_OPTIONS, OPTION_UNKNOWN */
export function requireChoice(request: ChoiceRequest): ResolvedChoice {
  const { profile, options, project, confirm, policy } = request;
  policy.checkOptions(options);
  const choice = resolveChoice(profile, options);
  // Of the directory itself: a hub that writes its path in another way does not choose what a person has to type.
  const projectName = path.basename(path.resolve(project));
  requireMode({ profile, choice, policyCeiling: policy.modeCeiling, confirm, projectName });
  requireFitting(choice, options);
  return choice;
}

function requireFitting({ faults }: ResolvedChoice, { env = {} }: SessionOptions): void {
  const fields = faults.map(({ field, message }) => ({ field: `options.${field}`, message }));
  const secret = Object.entries(env).find(([name, value]) => looksSecret(name, value));
  if (secret) {
    // Never the value.
    throw new AppError('SECRET_IN_OPTIONS', {
      message: `The value of ${secret[0]} looks like a secret`,
      fields,
    });
  }
  if (fields.length > 0) {
    throw new AppError('OPTION_UNKNOWN', { message: 'The options do not fit the profile', fields });
  }
}

/** Those of the order; an order of a hub that knows no options keeps those of the life before. */
export const optionsOf = (op: SpawnOp, before: { readonly options?: SessionOptions | undefined } | null) =>
  op.options ?? before?.options ?? {};
