// How `<name>.local.yaml` changes a profile. Pure; both sides are parsed, and so is the result.
import type { ProfileFile, ProfileOverride } from './schema.js';

/** Keys whose lists grow at the end instead of being replaced, by section ('' = the profile itself). */
const EXTENDED: Readonly<Record<string, readonly string[]>> = {
  '': ['permission_patterns', 'env_passthrough', 'store'],
  telemetry: ['token_metrics', 'activity_metrics', 'excluded_metrics'],
  mcp: ['user_files'],
  hooks: ['events'],
  overlay: ['args'],
  models: ['choices'],
  provisioning: ['passthrough_env'],
};

/** Keys whose lists grow at the front: the first rule that matches wins, so an override can correct one. */
const PREPENDED: Readonly<Record<string, readonly string[]>> = {
  '': ['signals'],
  telemetry: ['events', 'spans', 'protocol', 'counters', 'context_windows'],
};

/** Sections that merge key by key. Whatever is named nowhere here is replaced as a whole. */
const MERGED: Readonly<Record<string, readonly string[]>> = {
  '': [
    ...['env', 'commands', 'auth', 'telemetry', 'mcp', 'sidecar', 'provisioning', 'limits', 'spawn_settings'],
    ...['hooks', 'status_line', 'overlay', 'keys', 'trust', 'models', 'permission_modes', 'presets'],
  ],
  sidecar: ['fields'],
  telemetry: ['token_types'],
  hooks: ['fields'],
  status_line: ['fields'],
  overlay: ['files', 'env'],
  permission_modes: ['modes'],
};

type Data = Readonly<Record<string, unknown>>;

/** The base with the override applied. The name is always the base's. */
export function mergeProfile(base: ProfileFile, override: ProfileOverride): Data {
  return { ...mergeSection(base, override, ''), name: base.name };
}

function mergeSection(base: Data, override: Data, section: string): Data {
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(override)) {
    if (value === undefined) continue;
    merged.set(key, mergeValue(merged.get(key), value, { section, key }));
  }
  return Object.fromEntries(merged);
}

function mergeValue(before: unknown, value: unknown, at: { section: string; key: string }): unknown {
  if (EXTENDED[at.section]?.includes(at.key) && isList(before) && isList(value)) {
    return unique([...before, ...value]);
  }
  if (PREPENDED[at.section]?.includes(at.key) && isList(before) && isList(value)) {
    return unique([...value, ...before]);
  }
  if (MERGED[at.section]?.includes(at.key) && isData(before) && isData(value)) {
    return mergeSection(before, value, at.section === '' ? at.key : `${at.section}.${at.key}`);
  }
  return value;
}

const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Each entry once, where it stood first. */
function unique(entries: readonly unknown[]): unknown[] {
  const texts = entries.map((entry) => JSON.stringify(entry));
  return entries.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
}
