// One row for each setting of a program: what reads it, checks it, documents it and shows it follows this table.
import type { SettingTopic } from '@roundhouse/protocol';
import type { z } from 'zod';

export interface Setting<S extends z.ZodType = z.ZodType> {
  /** Parses the text. Unset or empty is not parsed: its value is undefined. */
  readonly schema: S;
  /** Its name in the program's section of `roundhouse.yaml`; null: from the environment only. */
  readonly key: string | null;
  readonly topic: SettingTopic;
  /** One line: what it is for. */
  readonly help: string;
  /** Completes "must be …", as in `a port number from 0 to 65535`. */
  readonly expects: string;
  readonly example: string;
  /** What holds without it, as people read it; empty: nothing. */
  readonly default: string;
  /** What stands between the entries of a list. */
  readonly list?: ',' | ':';
  /** Never printed, in no message. May come from the file that `NAME_FILE` (or `key_file`) names. */
  readonly secret?: boolean;
  /** A change is taken up while the program runs. */
  readonly live?: boolean;
}

/** By name of the environment variable. */
export type SettingsTable = Readonly<Record<string, Setting>>;
export type Env = Readonly<Record<string, string | undefined>>;
export type SettingValues<T extends SettingsTable> = {
  readonly [K in keyof T]: z.output<T[K]['schema']> | undefined;
};

/** A row of a {@link SettingsTable}, with its type inferred. */
export const setting = <S extends z.ZodType>(row: Setting<S>): Setting<S> => row;

/** `DATABASE_URL_FILE`, `database_url_file`: where a secret may stand instead, as containers mount them. */
export const fileVariable = (name: string): string => `${name}_FILE`;
export const fileKey = (key: string): string => `${key}_file`;

/** A wrong value is quoted so far; more would only hide the message. */
const quoteLimit = 60;

export const maskCredentials = (text: string): string => text.replace(/\/\/[^/\s@]*@/g, '//********@');

/** ` (it is "…")`, nothing for a secret. */
export const quoted = ({ secret }: Setting, text: string): string =>
  secret ? '' : ` (it is "${maskCredentials(text).slice(0, quoteLimit)}")`;

/** As it stands in the file: `allowed_hosts: [a, b]`. */
export function fileExample({ key, example, list }: Setting): string {
  const value = list === undefined ? example : `[${example.split(list).join(', ')}]`;
  return `${key ?? ''}: ${value}`;
}
