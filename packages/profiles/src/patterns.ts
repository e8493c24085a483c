// Permission patterns as JavaScript regular expressions. Files written for Python load as they are.
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
    try {
      patterns.push(new RegExp(fromPython(source), 'i'));
    } catch (error) {
      broken.push({ index, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { patterns, broken };
}

/** The two Python spellings that JavaScript has differently: `(?i)` in front, `(?P<name>…)`. */
const fromPython = (source: string): string => source.replace(/^\(\?[imsu]+\)/, '').replaceAll('(?P<', '(?<');
