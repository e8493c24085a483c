// The names that the hub's own certificate is valid for: everything by which this machine may be called.
import { hostname, networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

export interface NameSources {
  readonly publicUrl: string | null;
  readonly allowedHosts: readonly string[];
}

export interface MachineNames {
  readonly hostName: string;
  readonly addresses: readonly string[];
}

/** Name and addresses of this machine, link-local ones left out: they come and go. */
export function machineNames(): MachineNames {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return { hostName: hostname(), addresses: all.map(({ address }) => address) };
}

/** Sorted, without repeats; IP addresses in their normal form, without brackets. */
export function serverNames({ publicUrl, allowedHosts }: NameSources, machine: MachineNames): string[] {
  const names = ['localhost', '127.0.0.1', '::1', machine.hostName, ...machine.addresses, ...allowedHosts];
  if (publicUrl !== null) names.push(new URL(publicUrl).hostname);
  const clean = names.map((name) => normal(name.replace(/^\[|\]$/g, '').toLowerCase()));
  return [...new Set(clean.filter((name) => name !== '' && !isLinkLocal(name)))].sort();
}

export const isAddress = (name: string): boolean => ipaddr.isValid(name);

const normal = (name: string): string => (ipaddr.isValid(name) ? ipaddr.process(name).toString() : name);
const isLinkLocal = (name: string): boolean =>
  ipaddr.isValid(name) && ipaddr.process(name).range() === 'linkLocal';
