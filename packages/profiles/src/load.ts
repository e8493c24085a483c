// From the files of profile directories to profiles. One bad file never hides another.
import { parseText, type ParsedDocument } from './document.js';
import { mergeProfile } from './merge.js';
import { lintProfile } from './lint.js';
import { clamp, complaints, fieldName, type FileProblem } from './problem.js';
import { completeProfile, type Profile } from './profile.js';
import { profileFileSchema, profileOverrideSchema, type ProfileFile } from './schema.js';
import { z } from 'zod';

export interface ProfileText {
  /** Base name, for example `claude.local.yaml`. */
  readonly file: string;
  readonly text: string;
}

export interface LoadedProfile {
  readonly profile: Profile;
  readonly file: string;
  /** The `.local` file that was merged in. */
  readonly localFile: string | null;
}

export interface LoadResult {
  /** Sorted by name. */
  readonly profiles: readonly LoadedProfile[];
  readonly problems: readonly FileProblem[];
}

/** In order of precedence, when two files have the same name but for the extension. */
const EXTENSIONS = ['.yaml', '.yml', '.json'] as const;

interface FileName {
  readonly name: string;
  readonly local: boolean;
}

/** What a file name means, or null when it is not loaded: another extension, hidden, or the template. */
export function profileFileName(file: string): FileName | null {
  const extension = EXTENSIONS.find((candidate) => file.toLowerCase().endsWith(candidate));
  if (extension === undefined || file.startsWith('.')) return null;
  const stem = file.slice(0, -extension.length);
  const local = stem.endsWith('.local');
  const name = local ? stem.slice(0, -'.local'.length) : stem;
  return name.toLowerCase() === 'template' ? null : { name, local };
}

/** Parses and merges the files. Pure; order of the files does not matter. */
export function loadProfiles(files: readonly ProfileText[]): LoadResult {
  const problems: FileProblem[] = [];
  const report = (problem: FileProblem): void => void problems.push(clamp(problem));
  const { bases, locals } = sortFiles(files, report);
  const profiles: LoadedProfile[] = [];
  for (const [name, file] of [...bases].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const loaded = loadOne({ name, file, local: locals.get(name) }, report);
    if (loaded) profiles.push(loaded);
  }
  return { profiles, problems };
}

type Report = (problem: FileProblem) => void;

function sortFiles(files: readonly ProfileText[], report: Report) {
  const bases = new Map<string, ProfileText>();
  const locals = new Map<string, ProfileText>();
  const rank = ({ file }: ProfileText): number =>
    EXTENSIONS.findIndex((extension) => file.toLowerCase().endsWith(extension));
  for (const file of [...files].sort((a, b) => rank(a) - rank(b))) {
    const parsed = profileFileName(file.file);
    if (!parsed) continue;
    const kept = (parsed.local ? locals : bases).get(parsed.name);
    if (kept)
      report(warning(file.file, `is ignored, because ${kept.file} has the same name; remove one of them`));
    else (parsed.local ? locals : bases).set(parsed.name, file);
  }
  return { bases, locals };
}

interface One {
  readonly name: string;
  readonly file: ProfileText;
  readonly local: ProfileText | undefined;
}

function loadOne({ name, file, local }: One, report: Report): LoadedProfile | null {
  const base = parseFile(file, profileFileSchema, report);
  if (!base) return null;
  if (base.value.name !== name) {
    report({
      ...at(file.file, base.document, ['name']),
      message: `must equal the name of the file: write "${name}", or rename the file to ${base.value.name}.yaml`,
      severity: 'error',
    });
    return null;
  }
  const merged = local ? applyLocal(base.value, local, report) : null;
  const profile = completeProfile(merged ?? base.value);
  warnAbout(profile, { file: file.file, document: base.document }, report);
  return { profile, file: file.file, localFile: merged && local ? local.file : null };
}

/** The merged profile, or null when the override cannot be used: then the base stands. */
function applyLocal(base: ProfileFile, local: ProfileText, report: Report): ProfileFile | null {
  const override = parseFile(local, profileOverrideSchema, report);
  if (!override) return null;
  if (override.value.name !== undefined && override.value.name !== base.name) {
    const message = `is ignored: an override cannot rename "${base.name}"; remove the line`;
    report({ ...at(local.file, override.document, ['name']), message, severity: 'warning' });
  }
  const merged = profileFileSchema.safeParse(mergeProfile(base, override.value));
  if (merged.success) return merged.data;
  const first = merged.error.issues[0];
  report(
    warning(
      local.file,
      `is not used: together with the profile, ${fieldName(first?.path ?? []) ?? ''} ${first?.message ?? 'is wrong'}`,
    ),
  );
  return null;
}

interface ParsedFile<T> {
  readonly value: T;
  readonly document: ParsedDocument;
}

function parseFile<S extends z.ZodObject>(
  { file, text }: ProfileText,
  schema: S,
  report: Report,
): ParsedFile<z.output<S>> | null {
  const document = parseText(text);
  if ('faults' in document) {
    for (const { message, line, column } of document.faults) {
      report({ file, line: line ?? null, column: column ?? null, field: null, message, severity: 'error' });
    }
    return null;
  }
  const result = schema.safeParse(document.data);
  if (result.success) return { value: result.data, document };
  for (const { path, atKey, message } of complaints(result.error, (where) => knownKeys(schema, where))) {
    report({ ...at(file, document, path, atKey), message, severity: 'error' });
  }
  return null;
}

/** The fields that exist at a path of the schema, for "did you mean". */
function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  const [part, ...rest] = path;
  if (bare instanceof z.ZodArray) return knownKeys(bare.element, rest);
  if (bare instanceof z.ZodRecord) return knownKeys(bare.valueType, rest);
  if (!(bare instanceof z.ZodObject)) return [];
  if (part === undefined) return Object.keys(bare.shape);
  const field: unknown = bare.shape[String(part)];
  return field instanceof z.ZodType ? knownKeys(field, rest) : [];
}

function warnAbout(profile: Profile, from: { file: string; document: ParsedDocument }, report: Report): void {
  for (const { path, message } of lintProfile(profile)) {
    report({ ...at(from.file, from.document, path), message, severity: 'warning' });
  }
}

function at(file: string, document: ParsedDocument, path: readonly PropertyKey[], atKey = false) {
  const { line, column } = document.locate(path, atKey);
  return { file, line, column, field: fieldName(path) };
}

const warning = (file: string, message: string): FileProblem => ({
  file,
  line: null,
  column: null,
  field: null,
  message,
  severity: 'warning',
});
