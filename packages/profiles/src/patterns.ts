// Patterns of a profile as JavaScript regular expressions. Files written for Python load as they are.
import type { Profile } from './profile.js';

export interface CompiledPatterns {
  readonly patterns: readonly RegExp[];
  /** Patterns that do not compile, by their index, with the reason. */
  readonly broken: readonly { readonly index: number; readonly reason: string }[];
}

/** Compiles case-insensitively; a broken pattern is left out and reported. */
export function compilePatterns({
  permission_patterns: sources,
}: Pick<Profile, 'permission_patterns'>): CompiledPatterns {
  const patterns: RegExp[] = [];
  const broken: { index: number; reason: string }[] = [];
  for (const [index, source] of sources.entries()) {
    const compiled = compilePattern(source, 'i');
    if ('pattern' in compiled) patterns.push(compiled.pattern);
    else broken.push({ index, reason: compiled.reason });
  }
  return { patterns, broken };
}

/** The pattern, or why there is none. */
export function compilePattern(
  source: string,
  flags: '' | 'i' | 'im',
): { readonly pattern: RegExp } | { readonly reason: string } {
  try {
    return { pattern: new RegExp(fromPython(source), flags) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The two Python spellings that JavaScript has differently: `(?i)` in front, `(?P<name>…)`. */
const fromPython = (source: string): string => source.replace(/^\(\?[imsu]+\)/, '').replaceAll('(?P<', '(?<');
