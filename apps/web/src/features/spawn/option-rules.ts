// What was chosen and typed under "Options", as it is sent; and what still has to be confirmed. Pure.
import type { HostProfile, SessionOptions } from '@roundhouse/protocol';

/** As it stands in the form; '' where nothing was chosen. */
export interface OptionDraft {
  readonly preset: string;
  readonly model: string;
  readonly permissionMode: string;
  /** One word on each line. */
  readonly args: string;
  /** On each line NAME=value, or NAME alone for the daemon's own. */
  readonly env: string;
  readonly fallback: boolean;
  readonly timeMinutes: string;
  readonly memoryMb: string;
  readonly cpuPercent: string;
}

export const limitNames = ['timeMinutes', 'memoryMb', 'cpuPercent'] as const;

export const emptyOptions: OptionDraft = {
  preset: '',
  model: '',
  permissionMode: '',
  args: '',
  env: '',
  fallback: false,
  timeMinutes: '',
  memoryMb: '',
  cpuPercent: '',
};

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** What applies to the agent; fields that another one left behind are not sent. */
export function optionsOf(draft: OptionDraft, profile: HostProfile | null): SessionOptions {
  const has = (names: readonly { name: string }[] | undefined, name: string): boolean =>
    names?.some((each) => each.name === name) ?? false;
  const args = linesOf(draft.args);
  const model = draft.model.trim();
  return {
    ...(has(profile?.presets, draft.preset) ? { preset: draft.preset } : {}),
    ...(profile?.takesModel === true && model !== '' ? { model } : {}),
    ...(has(profile?.modes, draft.permissionMode) ? { permissionMode: draft.permissionMode } : {}),
    ...(args.length > 0 ? { args } : {}),
    ...environmentOf(draft.env),
    ...limitsOf(draft),
    ...(draft.fallback && (profile?.fallback?.length ?? 0) > 0 ? { fallback: true } : {}),
  };
}

/** What is no number is sent as it is meant, so that the answer names the field. */
function limitsOf(draft: OptionDraft): Pick<SessionOptions, 'limits'> {
  const set = limitNames.flatMap((name) => {
    const text = draft[name].trim();
    return text === '' ? [] : [[name, Number(text)] as const];
  });
  return set.length === 0 ? {} : { limits: Object.fromEntries(set) };
}

function environmentOf(text: string): Pick<SessionOptions, 'env' | 'envNames'> {
  const lines = linesOf(text).map((line) => line.trim());
  const set = lines.flatMap((line) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(line) ?? [];
    return name === undefined ? [] : [[name.trim(), value ?? ''] as const];
  });
  const envNames = lines.filter((line) => !line.includes('='));
  return {
    ...(set.length > 0 ? { env: Object.fromEntries(set) } : {}),
    ...(envNames.length > 0 ? { envNames } : {}),
  };
}

/** Whether the agent would act without asking, so that a person has to type the project's name. */
export const isBypass = (options: SessionOptions, profile: HostProfile | null | undefined): boolean =>
  profile?.modes?.some(({ name, bypass }) => bypass && name === options.permissionMode) ?? false;
