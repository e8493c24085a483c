// Which settings podman needs on which machine: found out by running it on machines of each kind.
import { expect, it } from 'vitest';
import { settingsFor } from './machine.mjs';

const ordinary = {
  capabilities: '000001ffffffffff',
  files: '524288',
  processes: 'unlimited',
  pidMax: 4_194_304,
  hybridCgroups: false,
  systemd: true,
};

it('needs none on an ordinary machine', () => {
  expect(settingsFor(ordinary)).toBeNull();
});

it('asks for no more than a process without CAP_SYS_RESOURCE has', () => {
  const text = settingsFor({ ...ordinary, capabilities: '000001fffeffffff', files: '20000', pidMax: 32_768 });
  expect(text).toContain('default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]');
  expect(text).not.toContain('[engine]');
});

it('takes runc where control groups are of both versions, and does without systemd', () => {
  const text = settingsFor({ ...ordinary, hybridCgroups: true, systemd: false });
  expect(text).toContain('[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n');
  expect(text).not.toContain('ulimits');
});
