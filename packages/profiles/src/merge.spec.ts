// The rules of `.local` files, as properties over any profile and any override.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadProfiles } from './load.js';
import { mergeProfile } from './merge.js';
import { completeProfile } from './profile.js';
import { profileFileSchema, profileOverrideSchema, type ProfileOverride } from './schema.js';

const word = fc.stringMatching(/^[a-z]{1,4}$/);
const words = fc.uniqueArray(word, { maxLength: 4 });
const envNames = fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,3}$/), { maxLength: 4 });
const map = fc.dictionary(fc.stringMatching(/^[A-Z]{1,2}$/), word, { maxKeys: 4, noNullPrototype: true });
const part = <T extends Record<string, fc.Arbitrary<unknown>>>(shape: T) =>
  fc.record(shape, { requiredKeys: [] });

const uniqueSignals = fc.uniqueArray(
  fc.record({ from: fc.constant('title'), match: word, is: fc.constantFrom('idle', 'working') }),
  { maxLength: 3, selector: (rule) => JSON.stringify(rule) },
);
const modes = fc.dictionary(word, part({ bypass: fc.boolean(), args: words }), {
  maxKeys: 3,
  noNullPrototype: true,
});
const lower = (record: Record<string, string>) =>
  Object.fromEntries(Object.entries(record).map(([name, text]) => [`${name}.json`, text]));
const asTexts = (rules: readonly object[] | undefined) => rules?.map((rule) => JSON.stringify(rule));

const overrides = part({
  display_name: word,
  color: fc.constantFrom('red', 'blue'),
  binary: word,
  always_available: fc.boolean(),
  env: map,
  permission_patterns: words,
  commands: part({ new: words, resume: words }),
  auth: part({ env_vars: envNames, require: fc.constantFrom('any', 'all') }),
  mcp: part({ project_file: word, user_files: words }),
  telemetry: part({
    token_metrics: words,
    cost_metric: word,
    activity_metrics: words,
    excluded_metrics: words,
  }),
  sidecar: part({ prompt_command: word, fields: map }),
  provisioning: part({ install: part({ npm: words }), verify: word, passthrough_env: envNames }),
  task: fc.constantFrom('argument', 'none'),
  overflow: fc.constantFrom('drop', 'block'),
  env_passthrough: envNames,
  signals: uniqueSignals,
  hooks: part({ events: words, matcher: word, fields: part({ model: word, prompt: word }) }),
  overlay: part({ files: map.map(lower), args: words, env: map }),
  models: part({ args: words, choices: words }),
  keys: part({ approve: word, deny: word }),
  permission_modes: part({ modes, ceiling: word }),
  presets: fc.dictionary(word, part({ model: word, args: words }), { maxKeys: 3, noNullPrototype: true }),
  fallback: words,
}).map((value) => profileOverrideSchema.parse(value));
const bases = overrides.map((value) => profileFileSchema.parse({ ...value, name: 'base' }));

const merged = (base: Parameters<typeof mergeProfile>[0], local: Parameters<typeof mergeProfile>[1]) =>
  profileFileSchema.parse(mergeProfile(base, local));
const union = (a: string[] | undefined, b: string[] | undefined) =>
  a === undefined && b === undefined ? undefined : [...new Set([...(a ?? []), ...(b ?? [])])];

const extendedLists = [
  ({ hooks }: ProfileOverride) => hooks?.events,
  ({ overlay }: ProfileOverride) => overlay?.args,
  ({ models }: ProfileOverride) => models?.choices,
];
const mergedMaps = [
  ({ hooks }: ProfileOverride) => ({ ...hooks?.fields }),
  ({ overlay }: ProfileOverride) => ({ ...overlay?.files }),
  ({ overlay }: ProfileOverride) => ({ ...overlay?.env }),
  ({ keys }: ProfileOverride) => ({ ...keys }),
  ({ permission_modes: found }: ProfileOverride) => ({ ...found?.modes }),
  ({ presets }: ProfileOverride) => ({ ...presets }),
];
const replaced = [
  ({ models }: ProfileOverride) => models?.args,
  ({ permission_modes: found }: ProfileOverride) => found?.ceiling,
  ({ fallback }: ProfileOverride) => fallback,
];

describe('mergeProfile', () => {
  it('scalars and unnamed lists replace; maps merge', () => {
    fc.assert(
      fc.property(bases, overrides, (base, local) => {
        const result = merged(base, local);
        expect(result.name).toBe('base');
        for (const key of [
          'display_name',
          'color',
          'binary',
          'always_available',
          'task',
          'overflow',
        ] as const) {
          expect(result[key]).toBe(local[key] ?? base[key]);
        }
        expect(result.env ?? {}).toEqual({ ...base.env, ...local.env });
        expect(result.commands ?? {}).toEqual({ ...base.commands, ...local.commands });
        expect(result.auth ?? {}).toEqual({ ...base.auth, ...local.auth });
        expect(result.provisioning?.install).toEqual(
          local.provisioning?.install ?? base.provisioning?.install,
        );
      }),
    );
  });

  it('the named lists are extended without repeats', () => {
    fc.assert(
      fc.property(bases, overrides, (base, local) => {
        const result = merged(base, local);
        expect(result.sidecar?.fields ?? {}).toEqual({ ...base.sidecar?.fields, ...local.sidecar?.fields });
        expect(result.permission_patterns).toEqual(
          union(base.permission_patterns, local.permission_patterns),
        );
        expect(result.env_passthrough).toEqual(union(base.env_passthrough, local.env_passthrough));
        expect(result.mcp?.user_files).toEqual(union(base.mcp?.user_files, local.mcp?.user_files));
        for (const key of ['token_metrics', 'activity_metrics', 'excluded_metrics'] as const) {
          expect(result.telemetry?.[key]).toEqual(union(base.telemetry?.[key], local.telemetry?.[key]));
        }
        expect(result.provisioning?.passthrough_env).toEqual(
          union(base.provisioning?.passthrough_env, local.provisioning?.passthrough_env),
        );
      }),
    );
  });

  it('signals of an override stand in front: the first that matches wins', () => {
    fc.assert(
      fc.property(bases, overrides, (base, local) => {
        const signals = merged(base, local).signals ?? [];
        expect(signals.slice(0, local.signals?.length ?? 0)).toEqual(local.signals ?? []);
        expect(signals.map((rule) => JSON.stringify(rule)).sort()).toEqual(
          union(asTexts(base.signals), asTexts(local.signals))?.sort() ?? [],
        );
      }),
    );
  });

  it('hooks, overlay, choices and keys merge by field; their lists are extended', () => {
    fc.assert(
      fc.property(bases, overrides, (base, local) => {
        const result = merged(base, local);
        for (const read of extendedLists) expect(read(result)).toEqual(union(read(base), read(local)));
        for (const read of mergedMaps) expect(read(result)).toEqual({ ...read(base), ...read(local) });
        for (const read of replaced) expect(read(result)).toEqual(read(local) ?? read(base));
      }),
    );
  });

  it('whatever an override says, it is used or told of: loading never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const { profiles } = loadProfiles([
          { file: 'a.yaml', text: 'name: a' },
          { file: 'a.local.yaml', text },
        ]);
        expect(profiles).toHaveLength(1);
      }),
    );
  });

  it('an empty override changes nothing; the same override twice is the same as once', () => {
    fc.assert(
      fc.property(bases, overrides, (base, local) => {
        expect(merged(base, {})).toEqual(base);
        expect(merged(merged(base, local), local)).toEqual(merged(base, local));
      }),
    );
  });

  it('defaults are filled in once, and a filled-in profile is still a valid file', () => {
    fc.assert(
      fc.property(bases, (base) => {
        const profile = completeProfile(base);
        expect(completeProfile(profileFileSchema.parse(profile))).toEqual(profile);
      }),
    );
  });
});
