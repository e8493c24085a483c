// Settings as hub and daemons show them: what holds, where it comes from, and what a change takes.
import { z } from 'zod';
import { fieldErrorSchema } from '../result.js';
import { instantSchema } from './common.js';

/** Sections of the documentation and of the Settings page, in their order. */
export const settingTopics = [
  'address',
  'tls',
  'hub',
  'projects',
  'sessions',
  'usage',
  'storage',
  'log',
] as const;
export type SettingTopic = (typeof settingTopics)[number];

export const settingSources = ['environment', 'file', 'default'] as const;
export type SettingSource = (typeof settingSources)[number];

/** What is shown of settings at most: characters of a value and of a message, and how many there are of each. */
export const settingLimits = { value: 1000, message: 500, items: 100, problems: 20, places: 4 } as const;
/** A daemon's settings as JSON; those that ship are some 12 kB. */
const reportedMaxChars = 64 * 1024;

const text = z.string().max(settingLimits.message);
const pathText = z.string().max(4096);

const settingSchema = z.object({
  /** The environment variable. */
  name: z.string().max(100),
  /** In the section of the program in roundhouse.yaml; null: from the environment only. */
  key: z.string().max(100).nullable(),
  topic: z.enum(settingTopics),
  help: text,
  /** Completes "must be …". */
  expects: text,
  example: text,
  /** What holds now; null when nothing is set, and always for a secret. */
  value: z.string().max(settingLimits.value).nullable(),
  isSet: z.boolean(),
  secret: z.boolean(),
  /** What holds without it, as people read it; empty: nothing. */
  default: text,
  source: z.enum(settingSources),
  /** The variable, or file and line; null for a default. */
  from: pathText.nullable(),
  /** A change is taken up while the program runs. */
  live: z.boolean(),
  /** roundhouse.yaml says something else since the start: a restart takes it up. */
  pending: z.boolean(),
});
export type ShownSetting = z.infer<typeof settingSchema>;

export const shownSettingsSchema = z.object({
  /** roundhouse.yaml; null when there is none. */
  file: pathText.nullable(),
  /** Where it is looked for, first one first. */
  places: z.array(pathText).max(settingLimits.places),
  /** When it was read last without a mistake. */
  loadedAt: instantSchema,
  /** Why what stands in the file now is not used; what held before holds. */
  problems: z.array(fieldErrorSchema).max(settingLimits.problems),
  items: z.array(settingSchema).max(settingLimits.items),
});
export type ShownSettings = z.infer<typeof shownSettingsSchema>;

/** As a daemon tells them: a secret has no value, whatever it says, and no name comes twice. */
export const reportedSettingsSchema = shownSettingsSchema
  .refine((told) => JSON.stringify(told).length <= reportedMaxChars, 'must be at most 64 KiB')
  .refine(({ items }) => items.every(({ secret, value }) => !secret || value === null), 'tells a secret')
  .refine(({ items }) => new Set(items.map(({ name }) => name)).size === items.length, 'tells one twice');
