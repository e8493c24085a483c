// The systemd unit of a daemon as text. Pure.
import type { ServicePlan } from './service-plan.js';

/**
 * Keepers and agents are the daemon's children by cgroup: with KillMode=process a stop or restart ends the daemon alone,
 * and with OOMPolicy=continue an agent that runs out of memory takes nobody with it.
 */
export function systemdUnit({ scope, command, environment, user }: ServicePlan): string {
  const lines = [
    '[Unit]',
    'Description=Roundhouse daemon: AI coding agents of this machine',
    ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    ...(scope === 'system' ? [`User=${user}`] : []),
    ...environment.map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    `ExecStart=${command.map((word) => quoted(word).replaceAll('$', '$$$$')).join(' ')}`,
    '# Settings are read again.',
    'ExecReload=/bin/kill -HUP $MAINPID',
    'Restart=on-failure',
    'RestartSec=5',
    '# A wrong setting, and what a person must settle at the hub: no restart cures these.',
    'RestartPreventExitStatus=2 3',
    '# A stop or restart ends the daemon alone; the agents go on.',
    'KillMode=process',
    'OOMPolicy=continue',
    '# For limits of memory and CPU for each session; a systemd before 254 ignores the second line, and those limits are off.',
    'Delegate=yes',
    'DelegateSubgroup=roundhouse-daemon',
    'TimeoutStopSec=15',
    '',
    '[Install]',
    `WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One word of a unit file; "%" begins a specifier there. */
function quoted(word: string): string {
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
