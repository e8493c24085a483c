// Settings as the hub shows them: what holds, where it comes from, and what a change takes.
import { z } from 'zod';

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

export const settingSchema = z.object({
  /** The environment variable. */
  name: z.string(),
  /** In the section `hub:` of roundhouse.yaml; null: from the environment only. */
  key: z.string().nullable(),
  topic: z.enum(settingTopics),
  help: z.string(),
  /** Completes "must be …". */
  expects: z.string(),
  example: z.string(),
  /** What holds now; null when nothing is set, and always for a secret. */
  value: z.string().nullable(),
  isSet: z.boolean(),
  secret: z.boolean(),
  /** What holds without it, as people read it; empty: nothing. */
  default: z.string(),
  source: z.enum(settingSources),
  /** The variable, or file and line; null for a default. */
  from: z.string().nullable(),
  /** A change is taken up while the hub runs. */
  live: z.boolean(),
  /** roundhouse.yaml says something else since the start: a restart takes it up. */
  pending: z.boolean(),
});
export type ShownSetting = z.infer<typeof settingSchema>;
