// Owns making podman usable on a Debian machine: its packages, and the settings without which it starts nothing where
// root has fewer rights than usual (in a container, in some virtual machines).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { capture } from '../../run/child.mjs';
import { RunError, say } from '../../run/output.mjs';

/** DATA */
const packages = [
  ...[
    'podman',
    'buildah',
    'podman-compose',
    'runc',
    'conmon',
    'netavark',
    'aardvark-dns',
    'iptables',
    'iproute2',
  ],
  ...['slirp4netns', 'uidmap', 'catatonit', 'mmdebstrap', 'ca-certificates'],
  // For the checks that docker's compose takes compose.yml, and of certificates of one's own.
  ...['docker-compose', 'openssl'],
];
export const settingsFile = '/etc/containers/containers.conf.d/60-roundhouse.conf';
/** Bit of a process's capabilities: may raise its own limits. */
const capSysResource = 24n;
/** What podman asks for where it may. */
const podmanFiles = 1_048_576;

export async function missingPackages() {
  const { output } = await capture('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n', ...packages]);
  const there = output.split('\n').flatMap((line) => (/ installed$/.test(line) ? [line.split(' ')[0]] : []));
  return packages.filter((name) => !there.includes(name));
}

export async function installPackages(missing) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = async (...args) => {
    const options = { env, label: `apt-get ${args[0]}`, quote: true };
    const { code, output } = await capture(
      'apt-get',
      ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args],
      options,
    );
    if (code !== 0) throw new RunError(`apt-get ${args[0]} failed (${code}):\n${output.slice(-2000)}`);
  };
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...missing);
  say(`installed: ${missing.join(' ')}`);
}

/** What of this machine decides about the settings. */
export async function machineFacts() {
  const status = readFileSync('/proc/self/status', 'utf8');
  // In bash: the shells do not agree on the letters.
  const limit = async (flag) => (await capture('bash', ['-c', `ulimit -H${flag}`])).output.trim();
  return {
    capabilities: /^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1] ?? '0',
    files: await limit('n'),
    processes: await limit('u'),
    pidMax: Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')),
    hybridCgroups: existsSync('/sys/fs/cgroup/memory') && !existsSync('/sys/fs/cgroup/cgroup.controllers'),
    systemd: existsSync('/run/systemd/system'),
  };
}

/** Text of a containers.conf for such a machine; null where podman needs none. Pure. */
export function settingsFor({ capabilities, files, processes, pidMax, hybridCgroups, systemd }) {
  const sections = [];
  const mayRaise = (BigInt(`0x${capabilities}`) >> capSysResource) & 1n;
  if (!mayRaise) {
    // podman asks for more than this process may have, and is refused; and it lowers its own processes to pid_max first.
    const atMost = (text, most) => (text === 'unlimited' ? most : Math.min(Number(text), most));
    const [open, running] = [atMost(files, podmanFiles), atMost(processes, pidMax)];
    sections.push(
      `[containers]\ndefault_ulimits = ["nofile=${open}:${open}", "nproc=${running}:${running}"]`,
    );
  }
  const engine = [
    // crun refuses a machine with both versions of control groups.
    ...(hybridCgroups ? ['runtime = "runc"'] : []),
    ...(systemd ? [] : ['cgroup_manager = "cgroupfs"', 'events_logger = "file"']),
  ];
  if (engine.length > 0) sections.push(`[engine]\n${engine.join('\n')}`);
  if (sections.length === 0) return null;
  return `# Written by scripts/container/stand-in-images.mjs --settings; remove it to undo that.\n${sections.join('\n')}\n`;
}

export const settingsHold = (text) =>
  text === null || (existsSync(settingsFile) && readFileSync(settingsFile, 'utf8') === text);

export function writeSettings(text) {
  mkdirSync(dirname(settingsFile), { recursive: true });
  writeFileSync(settingsFile, text);
  say(`wrote ${settingsFile}:\n${text.trimEnd()}`);
}
