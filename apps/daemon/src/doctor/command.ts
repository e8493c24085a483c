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
import { daemonChecks } from './checks.js';
import { gatherDaemonFacts, type Surroundings } from './gather.js';

export interface DoctorContext extends Omit<Surroundings, 'settingProblems'> {
  /** @throws AppError CONFIG_INVALID */
  readonly load: () => Pick<LoadedConfig, 'config' | 'secretFiles'>;
  readonly args: readonly string[];
  readonly write: (text: string) => void;
}

/** @returns 0 nothing found, 1 warnings, 2 errors */
export async function doctorCommand({ load, args, write, ...around }: DoctorContext): Promise<number> {
  const { json } = parseCommand(args, {
    usage: 'node apps/daemon doctor [--json]',
    options: { json: 'boolean' },
  });
  const { value: loaded, problems } = problemsOf(load);
  const facts = await gatherDaemonFacts(loaded, { ...around, settingProblems: problems });
  const findings = diagnose(daemonChecks, facts);
  write(json ? findingsJson(findings) : describeFindings(findings));
  return exitCodeOf(findings);
}
