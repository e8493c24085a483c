// `install-service`: prints the file by which a service manager runs this daemon, or writes it where that looks for it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { launchdPlist } from './launchd-plist.js';
import { servicePlan, type ServiceFacts, type ServicePlan } from './service-plan.js';
import { systemdUnit } from './systemd-unit.js';

const program = fileURLToPath(new URL('../program/main.js', import.meta.url));
const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));
const packageSchema = z.object({ config: z.object({ nodeFlags: z.array(z.string()) }) });

/** @returns what to print: the file on standard output, what to do next on standard error */
export function installService(
  words: readonly string[],
  env: ServiceFacts['env'],
): { out: string; say: string } {
  const plan = servicePlan(words, {
    env,
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    homeDir: env['HOME'] ?? homedir(),
    userName: userInfo().username,
    node: process.execPath,
    nodeFlags: packageSchema.parse(JSON.parse(readFileSync(packageFile, 'utf8'))).config.nodeFlags,
    program,
  });
  const text = plan.scope === 'launchd' ? launchdPlist(plan) : systemdUnit(plan);
  if (!plan.write) return { out: text, say: `For ${plan.file}. With --write it is put there.\n` };
  mkdirSync(path.dirname(plan.file), { recursive: true });
  writeFileSync(plan.file, text);
  return { out: '', say: `Wrote ${plan.file}. ${next(plan)}` };
}

/** The service has no join token: a token works once, and whatever stands in a unit can be read by others. */
function next({ scope, file }: ServicePlan): string {
  const first = 'If this machine has not joined yet, run the command of the Hosts page once. Then:\n';
  if (scope === 'launchd') return `${first}  launchctl bootstrap gui/$(id -u) ${file}\n`;
  if (scope === 'system')
    return `${first}  systemctl daemon-reload && systemctl enable --now roundhouse-daemon\n`;
  return (
    `${first}  systemctl --user daemon-reload && systemctl --user enable --now roundhouse-daemon\n` +
    '  loginctl enable-linger\nThe last one keeps it running while you are not signed in.\n'
  );
}
