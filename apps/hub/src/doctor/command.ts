// The subcommand doctor: looks, says what it found, and answers by exit code.
import {
  describeFindings,
  diagnose,
  exitCodeOf,
  findingsJson,
  parseCommand,
  problemsOf,
} from '@roundhouse/kit';
import type { LoadedConfig } from '../config.js';
import { hubChecks } from './checks.js';
import { gatherHubFacts } from './gather.js';

export interface DoctorContext {
  /** @throws AppError CONFIG_INVALID */
  readonly load: () => Pick<LoadedConfig, 'config' | 'secretFiles'>;
  /** Where to look when the settings are wrong. */
  readonly stateDir: string;
  readonly args: readonly string[];
  readonly write: (text: string) => void;
}

/** @returns 0 nothing found, 1 warnings, 2 errors */
export async function doctorCommand({ load, stateDir, args, write }: DoctorContext): Promise<number> {
  const { json } = parseCommand(args, {
    usage: 'node apps/hub doctor [--json]',
    options: { json: 'boolean' },
  });
  const { value: loaded, problems } = problemsOf(load);
  const findings = diagnose(hubChecks, await gatherHubFacts(loaded, problems, stateDir));
  write(json ? findingsJson(findings) : describeFindings(findings));
  return exitCodeOf(findings);
}
