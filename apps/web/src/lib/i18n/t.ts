// The typed lookup of words: keys, and the variables that a text names in braces, are checked by the compiler.
import { en } from './en.js';
import type { authEn } from './en/auth.js';
import type { helpEn } from './en/help.js';
import type { hostPageEn } from './en/host-page.js';
import type { hostsEn } from './en/hosts.js';
import type { profilesEn } from './en/profiles.js';
import type { settingsEn } from './en/settings.js';
import type { spawnEn } from './en/spawn.js';

type Table = typeof en &
  typeof authEn &
  typeof helpEn &
  typeof hostPageEn &
  typeof profilesEn &
  typeof settingsEn &
  typeof hostsEn &
  typeof spawnEn;
export type TextKey = keyof Table;

type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
export type TextVars<K extends TextKey> = Record<Names<Table[K]>, string | number>;
type Args<K extends TextKey> = [Names<Table[K]>] extends [never] ? [] : [vars: TextVars<K>];

/** Keys of texts without variables: for tables of keys. */
export type PlainKey = { [K in TextKey]: Names<Table[K]> extends never ? K : never }[TextKey];

/** A count's key without its `.one` / `.other` ending; both forms must exist and take `{n}`. */
export type PluralKey = {
  [K in TextKey]: K extends `${infer Base}.one` ? (`${Base}.other` extends TextKey ? Base : never) : never;
}[TextKey];

const fill = (text: string, vars: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in vars ? String(vars[name]) : whole));

const words: Record<string, string> = { ...en };

/** Words of a page that loads by itself; call it in the module of the page. */
export function addWords(table: Readonly<Record<string, string>>): void {
  Object.assign(words, table);
}

/** The text of a key, with its variables filled in. */
export function t<K extends TextKey>(key: K, ...[vars]: Args<K>): string {
  return fill(words[key] ?? key, vars ?? {});
}

const rules = new Intl.PluralRules('en');

/** `tn('fleet.sessions', 3)` takes `fleet.sessions.one` or `.other` and fills `{n}` and the other variables. */
export function tn(base: PluralKey, n: number, vars: Readonly<Record<string, string | number>> = {}): string {
  return fill(words[`${base}.${rules.select(n) === 'one' ? 'one' : 'other'}`] ?? base, { n, ...vars });
}
