// The rules of the spawn form: what follows from what was chosen, what is still missing, what is sent. Pure.
import {
  hasEnded,
  type Host,
  type HostId,
  type HostProfile,
  type ProjectInfo,
  type Session,
  type SessionId,
  type SessionOptions,
} from '@roundhouse/protocol';
import type { PlainKey } from '../../lib/i18n/t.js';
import type { SpawnPreset } from '../../lib/spawn-intent.js';
import type { LastChoice } from './last-choice.js';
import { emptyOptions, isBypass, optionsOf, type OptionDraft } from './option-rules.js';
import type { Size } from './terminal-size.js';

/** What a person has chosen or typed; null where the form decides. */
export interface Draft {
  readonly hostId: HostId | null;
  readonly project: string | null;
  readonly profile: string | null;
  readonly mode: 'new' | 'resume';
  /** Null: on exactly when another session works in the project. */
  readonly worktree: boolean | null;
  readonly trust: boolean;
  readonly task: string;
  readonly name: string;
  readonly baseBranch: string;
  readonly options: OptionDraft;
  /** The project's name, typed to allow an agent that asks for nothing. */
  readonly confirm: string;
  /** A found conversation to go on with; null for the newest of the directory. */
  readonly conversation: string | null;
}

export const emptyDraft: Draft = {
  hostId: null,
  project: null,
  profile: null,
  mode: 'new',
  worktree: null,
  trust: false,
  task: '',
  name: '',
  baseBranch: '',
  options: emptyOptions,
  confirm: '',
  conversation: null,
};

export interface FormWorld {
  readonly hosts: readonly Host[];
  readonly sessions: readonly Session[];
  readonly last: LastChoice;
  readonly preset: SpawnPreset;
}

export interface Form {
  readonly host: Host | null;
  readonly project: ProjectInfo | null;
  readonly profile: HostProfile | null;
  readonly mode: 'new' | 'resume';
  readonly canResume: boolean;
  readonly takesTask: boolean;
  readonly worktree: boolean;
  /** Sessions that work in the project now. */
  readonly others: number;
  readonly needsTrust: boolean;
  /** The agent would act without asking. */
  readonly bypass: boolean;
  /** What is missing; null when it can be sent. */
  readonly missing: PlainKey | 'offline' | null;
}

/** The repository that a project belongs to: itself, or the one that it is a linked worktree of. */
const repositoryOf = (project: ProjectInfo): string => project.worktreeOf ?? project.path;

/** Sessions that have not ended and work in the project, in its own directory or in worktrees of it. */
function othersIn(sessions: readonly Session[], host: Host, project: ProjectInfo): number {
  return sessions.filter(
    (each) => each.hostId === host.id && !hasEnded(each.state) && each.project === project.path,
  ).length;
}

const online = ({ state }: Host): boolean => state === 'online';

function chooseHost(draft: Draft, { hosts, last, preset }: FormWorld): Host | null {
  const byId = (id: string | null | undefined): Host | undefined => hosts.find((host) => host.id === id);
  const remembered = byId(last.hostId);
  return (
    byId(draft.hostId) ??
    byId(preset.hostId) ??
    (remembered && online(remembered) ? remembered : undefined) ??
    hosts.find(online) ??
    hosts[0] ??
    null
  );
}

function chooseProject(draft: Draft, { last, preset }: FormWorld, host: Host): ProjectInfo | null {
  const byPath = (path: string | null | undefined): ProjectInfo | undefined =>
    host.projects.find((project) => project.path === path);
  const only = host.projects.length === 1 ? host.projects[0] : undefined;
  const wanted = preset.hostId === undefined || preset.hostId === host.id ? preset.project : undefined;
  return byPath(draft.project) ?? byPath(wanted) ?? byPath(last.projects[host.id]) ?? only ?? null;
}

function chooseProfile(draft: Draft, { last, preset }: FormWorld, host: Host): HostProfile | null {
  const usable = host.profiles.filter(({ available }) => available);
  const byName = (name: string | null | undefined): HostProfile | undefined =>
    usable.find((profile) => profile.name === name);
  return byName(draft.profile) ?? byName(preset.profile) ?? byName(last.profile) ?? usable[0] ?? null;
}

/** Everything that follows from the draft and the present state of hosts and sessions. */
export function formOf(draft: Draft, world: FormWorld): Form {
  const host = chooseHost(draft, world);
  const project = host && chooseProject(draft, world, host);
  const profile = host && chooseProfile(draft, world, host);
  const others = host && project ? othersIn(world.sessions, host, project) : 0;
  // A companion shares the directory of its session on purpose.
  const companion = world.preset.companionOf !== undefined;
  const worktree = draft.worktree ?? (others > 0 && !companion);
  const canResume = profile?.supportsResume === true && !worktree;
  const needsTrust = worktree && project !== null && !project.trusted;
  const bypass = isBypass(optionsOf(draft.options, profile), profile);
  return {
    host,
    project,
    profile,
    mode: canResume ? draft.mode : 'new',
    canResume,
    takesTask: profile?.takesTask === true,
    worktree,
    others,
    needsTrust,
    bypass,
    missing: missing({
      ...{ host, project, profile, untrusted: needsTrust && !draft.trust },
      typed: bypass ? draft.confirm : null,
    }),
  };
}

interface Parts extends Pick<Form, 'host' | 'project' | 'profile'> {
  readonly untrusted: boolean;
  /** What was typed to confirm; null when nothing has to be. */
  readonly typed: string | null;
}

/** What a person types: the last part of the path, as the host reads it. */
const confirmNameOf = (path: string): string => path.split('/').at(-1) ?? path;

function missing({ host, project, profile, untrusted, typed }: Parts): Form['missing'] {
  if (!host) return 'spawn.need.host';
  if (!online(host)) return 'offline';
  if (!project) return 'spawn.need.project';
  if (!profile) return 'spawn.need.agent';
  if (untrusted) return 'spawn.need.trust';
  return typed !== null && typed !== confirmNameOf(project.path) ? 'spawn.need.confirm' : null;
}

export interface SpawnBody extends Size {
  hostId: HostId;
  profile: string;
  project: string;
  mode: 'new' | 'resume';
  worktree: boolean;
  baseBranch?: string;
  trust?: true;
  companionOf?: SessionId;
  task?: string;
  name?: string;
  options?: SessionOptions;
  conversation?: string;
  confirmBypass?: string;
}

/** What is sent; null while something is missing. Fields that do not apply are left out, whatever was typed. */
export function bodyOf(draft: Draft, form: Form, size: Size, preset: SpawnPreset): SpawnBody | null {
  const { host, project, profile, mode, worktree } = form;
  if (form.missing !== null || !host || !project || !profile) return null;
  const task = draft.task.trim();
  const name = draft.name.trim();
  const baseBranch = draft.baseBranch.trim();
  return {
    ...{ hostId: host.id, profile: profile.name, project: project.path, mode, worktree, ...size },
    ...(worktree && baseBranch !== '' ? { baseBranch } : {}),
    ...(form.needsTrust ? { trust: true as const } : {}),
    ...(preset.companionOf === undefined ? {} : { companionOf: preset.companionOf }),
    ...(form.takesTask && task !== '' ? { task } : {}),
    ...(name === '' ? {} : { name }),
    ...chosen(draft, form),
  };
}

function chosen(draft: Draft, { profile, mode }: Form) {
  const options = optionsOf(draft.options, profile);
  return {
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(mode === 'resume' && draft.conversation !== null ? { conversation: draft.conversation } : {}),
    ...(draft.confirm === '' ? {} : { confirmBypass: draft.confirm }),
  };
}

/** Projects for the list: repositories by name, each followed by its linked worktrees. */
export function orderedProjects(projects: readonly ProjectInfo[]): ProjectInfo[] {
  const names = new Map(projects.map(({ path, name }) => [path, name]));
  const key = (project: ProjectInfo): string => names.get(repositoryOf(project)) ?? project.name;
  return projects.toSorted(
    (a, b) =>
      key(a).localeCompare(key(b), 'en', { numeric: true }) ||
      compare(repositoryOf(a), repositoryOf(b)) ||
      Number(a.worktreeOf !== null) - Number(b.worktreeOf !== null) ||
      compare(a.path, b.path),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
