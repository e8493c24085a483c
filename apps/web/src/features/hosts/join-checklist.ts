// How far a host has come after its join command was given: five steps, read off the live host. Pure.
import type { Host } from '@roundhouse/protocol';
import { t } from '../../lib/i18n/t.js';
import type { StatusKind } from '../../lib/status.js';
import './words.js';

export const stepNames = ['registered', 'connected', 'projects', 'agents', 'telemetry'] as const;
export type StepName = (typeof stepNames)[number];

export interface Step {
  readonly name: StepName;
  /** done, busy (this one is waited for), todo, or error: it came, but with nothing to use. */
  readonly status: Extract<StatusKind, 'done' | 'busy' | 'todo' | 'error'>;
  readonly detail: string;
}

/** Connected with this token: a token that was used is no longer open. */
const hasJoined = ({ state, joinTokenExpiresAt }: Host): boolean =>
  state === 'online' && joinTokenExpiresAt === null;

export function checklistOf(host: Host | undefined, name: string): Step[] {
  const done = (step: StepName, detail: string): Step => ({ name: step, status: 'done', detail });
  const registered = done('registered', t('hosts.check.registeredAs', { name: host?.name ?? name }));
  const todo = (...steps: StepName[]): Step[] =>
    steps.map((step) => ({ name: step, status: 'todo', detail: '' }));
  const later: StepName[] = ['projects', 'agents', 'telemetry'];
  if (!host || !hasJoined(host)) return [registered, connecting(host), ...todo(...later)];
  return [registered, done('connected', machine(host)), ...inventory(host)];
}

function connecting(host: Host | undefined): Step {
  if (host?.problem) return { name: 'connected', status: 'error', detail: host.problem.message };
  const detail = t(host?.state === 'unreachable' ? 'hosts.check.unreachable' : 'hosts.check.waiting');
  return { name: 'connected', status: 'busy', detail };
}

function machine({ system, daemonVersion }: Host): string {
  if (system === null) return '';
  return t('hosts.check.machine', { os: system.os, cores: system.cores, version: daemonVersion ?? '' });
}

function inventory(host: Host): Step[] {
  if (host.scannedAt === null)
    return [
      { name: 'projects', status: 'busy', detail: t('hosts.check.scanning') },
      { name: 'agents', status: 'todo', detail: '' },
      { name: 'telemetry', status: 'todo', detail: '' },
    ];
  return [projects(host), agents(host), telemetry(host)];
}

function projects({ projects: found, projectRoots }: Host): Step {
  const roots = projectRoots.join(', ');
  return found.length > 0
    ? { name: 'projects', status: 'done', detail: t('hosts.check.projectCount', { n: found.length, roots }) }
    : { name: 'projects', status: 'error', detail: t('hosts.check.noProjects', { roots }) };
}

function agents({ profiles }: Host): Step {
  const ready = profiles.filter(({ available }) => available).map(({ displayName }) => displayName);
  return ready.length > 0
    ? { name: 'agents', status: 'done', detail: ready.join(', ') }
    : { name: 'agents', status: 'error', detail: t('hosts.check.noAgents') };
}

function telemetry({ otlp }: Host): Step {
  if (otlp?.state === 'listening')
    return { name: 'telemetry', status: 'done', detail: t('hosts.check.port', { port: otlp.port ?? '' }) };
  return otlp === null
    ? { name: 'telemetry', status: 'busy', detail: t('hosts.check.scanning') }
    : { name: 'telemetry', status: 'error', detail: t('hosts.check.off', { reason: otlp.reason ?? '' }) };
}

/** Whether a session could be spawned there now. */
export const isReady = (steps: readonly Step[]): boolean =>
  steps.every(({ name, status }) => status === 'done' || name === 'telemetry');
