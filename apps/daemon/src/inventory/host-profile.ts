// A profile as the hub is told of it: what a person can see and choose, without its scripts and patterns.
import {
  allowsMode,
  profileCommands,
  profileWarnings,
  signalSourcesOf,
  supportsResume,
  telemetryKind,
  type Profile,
} from '@roundhouse/profiles';
import type { HostProfile } from '@roundhouse/protocol';

export interface Verdict {
  readonly available: boolean;
  readonly reason: string | null;
  readonly version: string | null;
}

export function hostProfile(profile: Profile, verdict: Verdict): HostProfile {
  const commands = profileCommands(profile);
  const resumes = supportsResume(profile);
  const { models, presets = {} } = profile;
  return {
    name: profile.name,
    displayName: profile.display_name,
    color: profile.color,
    ...verdict,
    supportsResume: resumes,
    takesTask: profile.task !== 'none',
    commands: { new: commands.new, resume: resumes ? commands.resume : null },
    taskArgs: profile.task_args ?? [],
    warnings: profileWarnings(profile),
    telemetry: telemetryKind(profile),
    states: signalSourcesOf(profile),
    takesModel: (models?.args ?? []).length > 0,
    switchesModel: models?.switch !== undefined,
    models: models?.choices ?? [],
    forks: (profile.fork ?? []).length > 0,
    modes: modesOf(profile),
    presets: Object.entries(presets).map(([name, { display_name: label }]) => ({
      name,
      displayName: label ?? name,
    })),
    fallback: profile.fallback ?? [],
  };
}

const modesOf = (profile: Profile): HostProfile['modes'] =>
  Object.entries(profile.permission_modes?.modes ?? {}).map(([name, mode]) => ({
    name,
    displayName: mode.display_name ?? name,
    bypass: mode.bypass ?? false,
    allowed: allowsMode(profile, name),
  }));
