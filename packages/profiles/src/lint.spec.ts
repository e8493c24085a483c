// Mistakes that no field shows alone: each is told with its place, and the profile loads all the same.
import { describe, expect, it } from 'vitest';
import { loadProfiles, problemText } from './index.js';

const told = (text: string): string[] => {
  const { profiles, problems } = loadProfiles([{ file: 'a.yaml', text: `name: a\n${text}` }]);
  expect(profiles).toHaveLength(1);
  expect(problems.every(({ severity }) => severity === 'warning')).toBe(true);
  return problems.map(problemText);
};

describe('what cannot be right', () => {
  it.each([
    [
      'signals:\n  - { from: hook, event: Stop, is: idle }',
      'a.yaml:3:26: signals[0].event is not among hooks.events; add Stop there',
    ],
    [
      'hooks: { events: [Stop] }',
      'a.yaml:2:18: hooks.events go nowhere: no file or word of the overlay has {hooks}',
    ],
    [
      'overlay: { settings_file: s.json }',
      'a.yaml:2:27: overlay.settings_file is not one of overlay.files; add s.json there',
    ],
    [
      'permission_modes: { ceiling: x }',
      'a.yaml:2:30: permission_modes.ceiling is not one of permission_modes.modes',
    ],
    [
      'presets: { p: { permission_mode: x } }',
      'a.yaml:2:34: presets.p.permission_mode is not one of permission_modes.modes',
    ],
    ['fallback: [a]', 'a.yaml:2:12: fallback[0] is the profile itself; remove it'],
    [
      "overlay:\n  args: [-c, '{overlays}/x']",
      'a.yaml:3:14: overlay.args[1] has {overlays}, which stands for nothing; the placeholders are in docs/profiles.md',
    ],
    [
      'signals:\n  - from: screen\n    match: "("\n    is: idle',
      expect.stringMatching(/^a.yaml:4:12: signals\[0\].match is no regular expression and is left out: /),
    ],
    [
      'conversation_id: "["',
      expect.stringMatching(/^a.yaml:2:18: conversation_id is no regular expression and is left out: /),
    ],
    [
      'telemetry:\n  events:\n    - { event: a, is: tool, ok: "[" }',
      expect.stringMatching(/^a.yaml:4:33: telemetry.events\[0\].ok is no regular expression/),
    ],
    ['env_passthrough: [JOIN]\nenv: { A: "{nope} ${b}" }', expect.stringContaining('{nope}')],
    [
      'env_passthrough: [CLAUDECODE]',
      'a.yaml:2:18: env_passthrough names CLAUDECODE, which is never passed on from the daemon; set it under env instead',
    ],
  ])('%s', (text, expected) => {
    expect(told(text)).toEqual([expected]);
  });
});
