// R:H13 A text that is no profile is refused with its place, before anything of it is looked at too closely.
import { AppError } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { validateProfile } from './validate-profile.js';

const refused = (text: string, format: 'yaml' | 'json' = 'yaml') => {
  try {
    validateProfile({ name: 'a', text, format });
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, status: error.status, fields: error.fields };
  }
  return null;
};
const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
  .split('')
  .map(
    (name, index) =>
      `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefg'[index] ?? ''}`).join()}]`,
  )
  .join('\n')}\n`;

describe('validateProfile', () => {
  it.each([
    ['an alias bomb', bomb, /./],
    ['20,000 levels', `a: ${'['.repeat(20_000)}`, /nested deeper/],
    ['__proto__', 'name: a\nenv:\n  __proto__: { x: y }', /__proto__/],
    [
      'a line break in a package',
      'name: a\nprovisioning: { install: { npm: ["x\\nRUN id"] } }',
      /package name/,
    ],
    ['$(…) in a name', 'name: a\ndisplay_name: $(id)', /backquote/],
    ['$(…) in a package', 'name: a\nprovisioning: { install: { pip: ["$(id)"] } }', /package name/],
    ['$(…) in a variable', 'name: a\nenv: { "A$(id)": b }', /name of letters/],
    ['65 KiB', `name: a\n# ${'x'.repeat(65 * 1024)}`, /64 KiB/],
    ['an unknown key', 'name: a\ncolour: red', /"color"/],
    ['another name', 'name: b', /name of the file/],
  ])('R:H13 %s → 422 with its place', (_, text, message) => {
    const began = performance.now();
    const found = refused(text);
    expect(found).toMatchObject({ code: 'PROFILE_INVALID', status: 422 });
    expect(found?.fields.map((field) => field.message).join()).toMatch(message);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('R:H13 in commands, verify and prompt_command $(…) is plain data', () => {
    const text = [
      'name: a',
      "commands: { new: [bash, -c, 'x $(id)'] }",
      "provisioning: { verify: 'a `id`' }",
      "sidecar: { prompt_command: 'echo $(pwd)' }",
    ].join('\n');
    expect(validateProfile({ name: 'a', text, format: 'yaml' })).toEqual([]);
  });

  it('names the line of each mistake, and tells what is only odd', () => {
    expect(refused('name: a\ncolor: pink\ntask: maybe')?.fields).toMatchObject([
      { field: 'color', line: 2 },
      { field: 'task', line: 3 },
    ]);
    expect(refused('{"name": "a", "color": "pink"}', 'json')?.fields).toMatchObject([
      { field: 'color', line: 1 },
    ]);
    const odd = validateProfile({ name: 'a', text: 'name: a\nfallback: [a]', format: 'yaml' });
    expect(odd).toMatchObject([{ line: 2, field: 'fallback[0]' }]);
  });
});
