// What a person chooses at spawn (preset, model, permission mode, extra words and variables) as words and variables
// of the command, with what is wrong about it, and whether it lets the agent act without asking. Pure.
import { isNeverInherited } from './environment.js';
import type { Profile } from './profile.js';
import type { PresetSection } from './schema.js';
import { looksSecret } from '@roundhouse/protocol';

export interface SpawnChoice {
  readonly preset?: string | undefined;
  readonly model?: string | undefined;
  readonly permissionMode?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Variables of the daemon that the agent gets, by name. */
  readonly envNames?: readonly string[] | undefined;
}

export interface ChoiceFault {
  /** Field of the choice, for example `args[1]` or `env.MY_TOKEN`. */
  readonly field: string;
  readonly message: string;
}

export interface ResolvedChoice {
  /** Words for the command: model, permission mode, preset, extras, in this order. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly envNames: readonly string[];
  /** Variables that the agent does not get, whatever else says so. */
  readonly withoutEnv: readonly string[];
  readonly model: string | null;
  readonly permissionMode: string | null;
  /** The mode that lets the agent act without asking, however it was asked for; null when there is none. */
  readonly bypass: string | null;
  readonly faults: readonly ChoiceFault[];
}

/** Words and characters of extra arguments. */
const ARGS_MAX = 50;
const ARG_MAX = 4096;

export function resolveChoice(profile: Profile, choice: SpawnChoice): ResolvedChoice {
  const presets = profile.presets ?? {};
  const { preset, faults } = presetOf(presets, choice.preset);
  const model = choice.model ?? preset.model ?? null;
  const mode = choice.permissionMode ?? preset.permission_mode ?? null;
  const { args: own = [], envNames = [] } = choice;
  const extras = [...(preset.args ?? []), ...own];
  return {
    args: [...modelArgs(profile, model), ...modeArgs(profile, mode), ...extras],
    env: { ...preset.env, ...choice.env },
    envNames,
    withoutEnv: preset.without_env ?? [],
    model,
    permissionMode: mode,
    bypass: isBypass(profile, mode) ? mode : bypassIn(profile, extras),
    faults: [
      ...faults,
      ...modelFaults(profile, model),
      ...modeFaults(profile, mode),
      ...argFaults(profile, own),
      ...envFaults(profile, choice),
    ],
  };
}

function presetOf(
  presets: Readonly<Record<string, PresetSection>>,
  name: string | undefined,
): { readonly preset: PresetSection; readonly faults: ChoiceFault[] } {
  if (name === undefined) return { preset: {}, faults: [] };
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  return { preset: preset ?? {}, faults: preset ? [] : [unknown('preset', name, Object.keys(presets))] };
}

const fill = (words: readonly string[], name: string, value: string): string[] =>
  words.map((word) => word.replaceAll(`{${name}}`, () => value));

const modelArgs = (profile: Profile, model: string | null): string[] =>
  model === null ? [] : fill(profile.models?.args ?? [], 'model', model);

function modeArgs({ permission_modes: modes }: Profile, mode: string | null): string[] {
  if (mode === null) return [];
  return fill(modeOf(modes?.modes, mode)?.args ?? modes?.args ?? [], 'mode', mode);
}

const modeOf = <T>(modes: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  modes !== undefined && Object.hasOwn(modes, name) ? modes[name] : undefined;

const isBypass = (profile: Profile, mode: string | null): boolean =>
  mode !== null && modeOf(profile.permission_modes?.modes, mode)?.bypass === true;

/** Whether the profile's ceiling lets a mode be chosen at all. */
export function allowsMode({ permission_modes: modes }: Profile, name: string): boolean {
  const mode = modeOf(modes?.modes, name);
  if (!mode) return false;
  const ceiling = modes?.ceiling;
  if (ceiling === undefined) return mode.bypass !== true;
  const order = Object.keys(modes?.modes ?? {});
  return order.indexOf(name) <= order.indexOf(ceiling);
}

/** The mode that one of the words stands for. A flag of several words ends with the beginning of a `key=value`. */
export function bypassIn(profile: Profile, words: readonly string[]): string | null {
  const modes = profile.permission_modes;
  for (const [name, mode] of Object.entries(modes?.modes ?? {})) {
    if (mode.bypass !== true) continue;
    const own = fill(mode.args ?? modes?.args ?? [], 'mode', name);
    const flags = [...(mode.flags ?? []).map((flag) => flag.split(' ')), ...(own.length > 0 ? [own] : [])];
    if (flags.some((flag) => standsIn(words, flag))) return name;
  }
  return null;
}

/** Also when its words are joined by `=` or nothing, or a short flag stands in a cluster. */
function standsIn(words: readonly string[], flag: readonly string[]): boolean {
  const [first = '', second] = flag;
  const fits = (word: string | undefined, wanted: string): boolean =>
    word === wanted || (word?.startsWith(`${wanted}=`) ?? false);
  return words.some((word, index) => {
    if (second === undefined) return fits(word, first) || inCluster(word, first);
    const joined = [`${first}=${second}`, ...(/^-\w$/.test(first) ? [first + second] : [])];
    if (flag.length === 2 && joined.some((text) => fits(word, text))) return true;
    return flag.every((wanted, at) =>
      at === flag.length - 1 ? fits(words[index + at], wanted) : words[index + at] === wanted,
    );
  });
}

const inCluster = (word: string, flag: string): boolean =>
  /^-\w$/.test(flag) && /^-[A-Za-z]+$/.test(word) && word.includes(flag.slice(1));

const unknown = (field: string, value: string, known: readonly string[]): ChoiceFault => ({
  field,
  message:
    known.length === 0
      ? `This agent has no choice of ${field}`
      : `"${value}" is not one of ${known.join(', ')}`,
});

function modelFaults(profile: Profile, model: string | null): ChoiceFault[] {
  if (model === null) return [];
  if ((profile.models?.args ?? []).length === 0) return [unknown('model', model, [])];
  const odd = model.startsWith('-') || model.trim() === '' || hasControl(model);
  return odd ? [{ field: 'model', message: 'A model is one word that does not start with "-"' }] : [];
}

function modeFaults(profile: Profile, mode: string | null): ChoiceFault[] {
  const modes = profile.permission_modes?.modes ?? {};
  if (mode === null) return [];
  if (!Object.hasOwn(modes, mode)) return [unknown('permissionMode', mode, Object.keys(modes))];
  return allowsMode(profile, mode)
    ? []
    : [
        {
          field: 'permissionMode',
          message: `The profile does not allow "${mode}"; its owner can raise the ceiling`,
        },
      ];
}

function argFaults(profile: Profile, args: readonly string[]): ChoiceFault[] {
  const own = (profile.overlay?.args ?? []).filter((word) => /^--[a-z]/.test(word));
  const faults: ChoiceFault[] =
    args.length > ARGS_MAX ? [{ field: 'args', message: `At most ${String(ARGS_MAX)}` }] : [];
  for (const [index, word] of args.entries()) {
    const field = `args[${String(index)}]`;
    const taken = own.find((flag) => word === flag || word.startsWith(`${flag}=`));
    if (word.length > ARG_MAX) faults.push({ field, message: `At most ${String(ARG_MAX)} characters` });
    if (word.includes('\0')) faults.push({ field, message: 'Must not contain a NUL character' });
    if (taken !== undefined) {
      faults.push({ field, message: `${taken} is used by Roundhouse for its own settings of this session` });
    }
  }
  return faults;
}

function envFaults({ overlay }: Profile, { env = {}, envNames = [] }: SpawnChoice): ChoiceFault[] {
  const faults: ChoiceFault[] = [];
  for (const [name, value] of Object.entries(env)) {
    const field = `env.${name}`;
    if (isNeverInherited(name) || Object.hasOwn(overlay?.env ?? {}, name))
      faults.push({ field, message: 'Is set by Roundhouse itself' });
    if (looksSecret(name, value)) {
      const message = 'Looks like a secret, and would be kept: set it for the daemon, and give only its name';
      faults.push({ field, message });
    }
  }
  for (const [index, name] of envNames.entries()) {
    if (isNeverInherited(name)) {
      faults.push({ field: `envNames[${String(index)}]`, message: 'Is never passed on from the daemon' });
    }
  }
  return faults;
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const hasControl = (text: string): boolean => /[\u0000-\u001f\u007f]/.test(text);
