// Settings for people: every row of a table with what holds and where it comes from. Secrets have no value here.
import { settingLimits, type FieldError, type ShownSetting } from '@roundhouse/protocol';
import { scrub } from '../redact.js';
import type { ReadSettings, SettingOrigin } from './read-settings.js';
import type { Setting, SettingsTable } from './settings-table.js';

type Reading = Pick<ReadSettings<SettingsTable>, 'values' | 'origins'>;

export interface SettingsToShow {
  readonly table: SettingsTable;
  readonly started: Reading;
  /** The last one without a mistake. */
  readonly latest: Reading;
  /** What holds without a setting, where that depends on the machine. */
  readonly without: Readonly<Record<string, string>>;
}

export const showSettings = (shown: SettingsToShow): ShownSetting[] =>
  Object.entries(shown.table).map(([name, row]) => showOne(name, row, shown));

/** Names of settings that the file has changed since the start, and that wait for the next one. */
export const pendingSettings = (shown: Omit<SettingsToShow, 'without'>): string[] =>
  Object.entries(shown.table).flatMap(([name, row]) => (isPending(name, row, shown) ? [name] : []));

/** What is wrong, without what looks like a secret. */
export const showProblems = (problems: readonly FieldError[]): FieldError[] =>
  problems.slice(0, settingLimits.problems).map(({ field, message }) => ({
    field: cut(field, 200),
    message: cut(scrub(message), settingLimits.message),
  }));

const unset: SettingOrigin = { source: 'default', from: null, text: null };

function showOne(name: string, row: Setting, shown: SettingsToShow): ShownSetting {
  const { key, topic, help, expects, example, default: said, secret = false, live = false } = row;
  const pending = isPending(name, row, shown);
  const { source, from, text } = (pending ? shown.started : shown.latest).origins.get(name) ?? unset;
  const isSet = source !== 'default';
  const without = shown.without[name] ?? (said === '' ? null : said);
  const value = secret ? null : isSet ? text : without;
  return {
    ...{
      name,
      key,
      topic,
      help,
      expects,
      example,
      isSet,
      secret,
      default: said,
      source,
      from,
      live,
      pending,
    },
    value: value === null ? null : cut(value, settingLimits.value),
  };
}

function isPending(
  name: string,
  { live }: Setting,
  { started, latest }: Omit<SettingsToShow, 'without'>,
): boolean {
  if (live === true) return false;
  return JSON.stringify(latest.values[name]) !== JSON.stringify(started.values[name]);
}

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);
