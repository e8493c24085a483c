// The private overlay of one session: what its files say, and the words and variables that name them. Pure; the
// caller reads the user's files and writes ours.
import { hookMap, hookToml } from './hooks.js';
import { textAt } from './json-path.js';
import { expand, expandedEnv, type PlaceholderValues } from './placeholders.js';
import type { Profile } from './profile.js';
import { under, without, type JsonMap, type JsonValue } from './settings.js';

export interface Overlay {
  /** Text by file name inside the overlay's directory. */
  readonly files: ReadonlyMap<string, string>;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The user's own status line, which goes on printing; null when there is none. */
  readonly statusChain: string | null;
  /** For a person: what of the profile could not be done. */
  readonly warnings: readonly string[];
}

export interface OverlayValues extends PlaceholderValues {
  readonly overlayDir: string;
  /** Words of a shell that run the hook script with this session's directory. */
  readonly relay: string;
}

/** A user's or a machine's JSON file as the caller read it: undefined when there is none. */
export type ReadSettings = (path: string) => JsonMap | undefined;

/** The files that the caller has to read for `buildOverlay`; `~` is the home directory. */
export function overlayReads(profile: Profile): string[] {
  const { overlay, spawn_settings: settings = {}, status_line: status } = profile;
  const paths = [...(overlay?.base_files ?? []), ...Object.keys(settings), ...(status?.user_files ?? [])];
  return [...new Set(paths)];
}

/** What a person should know of a profile whose settings cannot be given privately. */
export function overlayWarnings(profile: Profile): string[] {
  const files = Object.keys(profile.spawn_settings ?? {});
  if (files.length === 0 || profile.overlay?.settings_file !== undefined) return [];
  return [
    `The settings for ${files.join(', ')} are not applied: the agent takes no private file, and yours is not changed`,
  ];
}

export function buildOverlay(profile: Profile, values: OverlayValues, read: ReadSettings): Overlay {
  const { overlay, status_line: status } = profile;
  const warnings = overlayWarnings(profile);
  const own = ownCommand(status?.user_files ?? [], status?.user_key, read);
  return {
    files: overlay === undefined ? new Map() : overlayFiles(profile, values, read),
    // A process's words and the overlay's files can be read by others than the agent: never a secret.
    args: (overlay?.args ?? []).map((word) => expand(word, open(values))),
    env: expandedEnv(overlay?.env ?? {}, values),
    statusChain: own,
    warnings,
  };
}

const open = (values: PlaceholderValues): PlaceholderValues => ({ ...values, secrets: false });

function overlayFiles(profile: Profile, values: OverlayValues, read: ReadSettings): Map<string, string> {
  const { overlay = {}, spawn_settings: settings = {} } = profile;
  const target = overlay.settings_file;
  const contents = new Map<string, JsonValue>(
    Object.entries(overlay.files ?? {}).map(([file, content]) => [
      file,
      expandContent(content, profile, values),
    ]),
  );
  if (target !== undefined) {
    const ours = contents.get(target) ?? {};
    const missing = Object.entries(settings).map(([path, wanted]) => without(wanted, read(path) ?? {}));
    const bases = (overlay.base_files ?? []).map((path) => read(path) ?? {});
    if (isMap(ours)) contents.set(target, [ours, ...missing, ...bases].reduce(under));
  }
  return new Map([...contents].map(([file, content]) => [file, fileText(content)]));
}

const fileText = (content: JsonValue): string =>
  typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;

/** Placeholders in every text of a file; `{hooks}` alone is the section itself. */
function expandContent(content: JsonValue, profile: Profile, values: OverlayValues): JsonValue {
  if (typeof content === 'string') return expandText(content, profile, values);
  if (isList(content)) return content.map((item) => expandContent(item, profile, values));
  if (!isMap(content)) return content;
  return Object.fromEntries(
    Object.entries(content).map(([key, value]) => [key, expandContent(value, profile, values)]),
  );
}

function expandText(text: string, profile: Profile, values: OverlayValues): JsonValue {
  const hooks = hookMap(profile.hooks ?? {}, values.relay);
  if (text === '{hooks}') return hooks as unknown as JsonMap;
  return expand(text, open(values)).replaceAll('{hooks_toml}', () => hookToml(hooks));
}

function ownCommand(files: readonly string[], key: string | undefined, read: ReadSettings): string | null {
  if (key === undefined) return null;
  const found = files.map((file) => textAt(read(file), key)).find((text) => text !== null && text !== '');
  return found ?? null;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

const isMap = (value: JsonValue): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
