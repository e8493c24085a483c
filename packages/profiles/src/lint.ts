// What a profile says that cannot be right, although each field alone is: unknown names, patterns that do not compile.
import { isNeverInherited } from './environment.js';
import { overlayWarnings } from './overlay.js';
import { compilePattern } from './patterns.js';
import { placeholderNames } from './placeholders.js';
import { passthroughNames, type Profile } from './profile.js';
import { compileSignals } from './signals.js';

export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Findings never keep a profile from being used; they are told to its author. */
export function lintProfile(profile: Profile): Finding[] {
  return [
    ...patternFindings(profile),
    ...hookFindings(profile),
    ...nameFindings(profile),
    ...placeholderFindings(profile),
    ...passthroughNames(profile)
      .filter(isNeverInherited)
      .map((name) => ({
        path: ['env_passthrough'],
        message: `names ${name}, which is never passed on from the daemon; set it under env instead`,
      })),
  ];
}

/** What a person who uses the profile should know: parts of it that do nothing on any host. */
export function profileWarnings(profile: Profile): string[] {
  return overlayWarnings(profile);
}

function patternFindings(profile: Profile): Finding[] {
  const single: Placed[] = [
    [['conversation_id'], profile.conversation_id],
    [['trust', 'screen'], profile.trust?.screen],
    ...(profile.store ?? []).map(({ id }, index): Placed => [
      ['store', index, 'id', 'match'],
      id.from === 'name' ? id.match : undefined,
    ]),
    ...telemetryPatterns(profile),
  ];
  const others = single.flatMap(([path, source]) => {
    const compiled = source === undefined ? { pattern: null } : compilePattern(source, '');
    return 'reason' in compiled ? [{ path, reason: compiled.reason }] : [];
  });
  return [...compileSignals(profile).broken, ...others].map(({ path, reason }) => ({
    path,
    message: `is no regular expression and is left out: ${reason}`,
  }));
}

type Placed = [path: (string | number)[], source: string | undefined];

function telemetryPatterns({ telemetry = {} }: Profile): Placed[] {
  const ofRules = (['events', 'spans', 'protocol'] as const).flatMap((list) =>
    (telemetry[list] ?? []).flatMap((rule, index): Placed[] => {
      const at = ['telemetry', list, index];
      const named = (['main', 'subagent', 'ok', 'rejected'] as const).map((key): Placed => [
        [...at, key],
        rule[key],
      ]);
      return [...named, ...placed([...at, 'where'], rule.where)];
    }),
  );
  const windows = (telemetry.context_windows ?? []).map(({ match }, index): Placed => [
    ['telemetry', 'context_windows', index, 'match'],
    match,
  ]);
  const counters = (telemetry.counters ?? []).flatMap(({ where }, index) =>
    placed(['telemetry', 'counters', index, 'where'], where),
  );
  return [
    ...ofRules,
    ...windows,
    ...counters,
    ...placed(['telemetry', 'transcript', 'where'], telemetry.transcript?.where),
  ];
}

const placed = (path: (string | number)[], patterns: Readonly<Record<string, string>> = {}): Placed[] =>
  Object.entries(patterns).map(([key, source]) => [[...path, key], source]);

/** A rule for a hook that nobody registers never fires, unless the agent's own plugin tells it. */
function hookFindings({ signals, hooks, overlay }: Profile): Finding[] {
  const events = hooks?.events ?? [];
  const findings: Finding[] = signals.flatMap(({ from, event = '' }, index) =>
    from === 'hook' && !events.includes(event)
      ? [{ path: ['signals', index, 'event'], message: `is not among hooks.events; add ${event} there` }]
      : [],
  );
  const content = JSON.stringify(overlay ?? {});
  if (events.length > 0 && !content.includes('{hooks}') && !content.includes('{hooks_toml}')) {
    findings.push({
      path: ['hooks', 'events'],
      message: 'go nowhere: no file or word of the overlay has {hooks}',
    });
  }
  return findings;
}

function nameFindings({
  name,
  overlay,
  permission_modes: modes,
  presets = {},
  fallback = [],
}: Profile): Finding[] {
  const findings: Finding[] = [];
  const known = (mode: string): boolean => Object.hasOwn(modes?.modes ?? {}, mode);
  const target = overlay?.settings_file;
  if (target !== undefined && !Object.hasOwn(overlay?.files ?? {}, target)) {
    findings.push({
      path: ['overlay', 'settings_file'],
      message: `is not one of overlay.files; add ${target} there`,
    });
  }
  if (modes?.ceiling !== undefined && !known(modes.ceiling)) {
    findings.push({ path: ['permission_modes', 'ceiling'], message: 'is not one of permission_modes.modes' });
  }
  for (const [preset, { permission_mode: mode }] of Object.entries(presets)) {
    if (mode === undefined || known(mode)) continue;
    const path = ['presets', preset, 'permission_mode'];
    findings.push({ path, message: 'is not one of permission_modes.modes' });
  }
  if (fallback.includes(name)) {
    findings.push({
      path: ['fallback', fallback.indexOf(name)],
      message: 'is the profile itself; remove it',
    });
  }
  return findings;
}

const PLACEHOLDER = /(?<!\$)\{([a-z][a-z_]*)\}/g;

/** Scripts and files of the agent may have braces of their own; words and variables hardly do. */
function placeholderFindings(profile: Profile): Finding[] {
  const { overlay, models, permission_modes: modes } = profile;
  const places: [string[], readonly string[] | Readonly<Record<string, string>> | undefined][] = [
    [['session_id'], profile.session_id],
    [['resume_by_id'], profile.resume_by_id],
    [['resume_last'], profile.resume_last],
    [['fork'], profile.fork],
    [['env'], profile.env],
    [['overlay', 'args'], overlay?.args],
    [['overlay', 'env'], overlay?.env],
    [['models', 'args'], models?.args],
    [['permission_modes', 'args'], modes?.args],
  ];
  return places.flatMap(([path, words = []]) =>
    Object.entries(words).flatMap(([key, text]: [string, string]) =>
      [...text.matchAll(PLACEHOLDER)]
        .filter(([, name = '']) => !placeholderNames.includes(name))
        .map(([placeholder]) => ({
          path: [...path, Array.isArray(words) ? Number(key) : key],
          message: `has ${placeholder}, which stands for nothing; the placeholders are in docs/profiles.md`,
        })),
    ),
  );
}
