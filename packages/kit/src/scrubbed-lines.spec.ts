// No secret reaches a log: whatever shape it has, wherever it stands, and wherever a write cuts it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { scrub } from './redact.js';
import { ScrubbedLines } from './scrubbed-lines.js';

const of = (alphabet: string, length: number, max = length + 20) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: max });
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const letters = `${lower}${upper}${digits}`;

/** Each a prefix that may be seen, and what may not. */
const secrets: Record<string, readonly [prefix: string, body: fc.Arbitrary<string>, suffix: string]> = {
  'an API token': ['rh_', of(`${letters}_-`, 20), ''],
  'a join token': ['rhj_', of(letters, 20), ''],
  'a setup link': ['http://hub/setup#token=', of(letters, 20), ''],
  'a telemetry endpoint': ['http://127.0.0.1:4318/s/', of(letters, 32), '/v1/logs'],
  'a database address': ['postgresql://hub:', of(letters, 8), '@db/hub'],
  'a GitHub token': ['ghp_', of(letters, 16), ''],
  'a GitHub app token': ['ghs_', of(letters, 36), ''],
  'a GitHub fine-grained token': ['github_pat_', of(`${letters}_`, 22), ''],
  'a GitLab token': ['glpat-', of(letters, 20), ''],
  'an AWS key id': ['AKIA', of(upper + digits, 16, 16), ''],
  'an AWS secret': ['AWS_SECRET_ACCESS_KEY=', of(`${letters}/+`, 40), ''],
  'an OpenAI key': ['sk-proj-', of(`${letters}_-`, 20), ''],
  'an Anthropic key': ['sk-ant-api03-', of(`${letters}_-`, 20), ''],
  'a Slack token': ['xoxb-', of(letters, 12), ''],
  'a Google key': ['AIza', of(letters, 35), ''],
  'an npm token': ['npm_', of(letters, 36), ''],
  'a bearer': ['Authorization: Bearer ', of(`${letters}._~+/-`, 12), ''],
  'a JSON web token': ['eyJhbGciOiJI.', of(letters, 12), '.c2lnbmF0dXJl'],
  'an environment variable': ['ANTHROPIC_API_KEY=', of(letters, 8), ''],
  'a private key': [
    '-----BEGIN OPENSSH PRIVATE KEY-----\n',
    of(letters, 20),
    '\n-----END OPENSSH PRIVATE KEY-----',
  ],
  'a private key that is cut': ['-----BEGIN RSA PRIVATE KEY-----\n', of(letters, 20), ''],
};
/** What may stand before: a word only with something between. */
const before = fc.constantFrom(
  '',
  ' ',
  '"',
  'key=',
  '\n',
  '\t',
  '(',
  'said:\n',
  '\u001b[31m',
  '\u001b]0;t\u0007',
  'é',
);

describe.each(Object.entries(secrets))('%s', (_name, [prefix, body, suffix]) => {
  it('never reaches a log', () => {
    fc.assert(
      fc.property(before, body, (lead, secret) => {
        let text = '';
        const destination = { write: (line: string) => void (text += line) };
        const logger = createLogger({ name: 'x', destination });
        logger.info(
          { note: `${lead}${prefix}${secret}${suffix}`, list: [`${prefix}${secret}${suffix}`] },
          'said',
        );
        logger.error({ err: new Error(`${lead}${prefix}${secret}${suffix}`) });
        expect(text).not.toContain(secret);
        for (const line of text.trim().split('\n')) JSON.parse(line);
      }),
      { numRuns: 50 },
    );
  });

  it('never leaks where writes cut it', () => {
    fc.assert(
      fc.property(before, body, fc.array(fc.nat(200), { maxLength: 5 }), (lead, secret, cuts) => {
        let told = '';
        const lines = new ScrubbedLines((line) => (told += line));
        const text = `a line\n${lead}${prefix}${secret}${suffix}\nanother\n`;
        let at = 0;
        for (const cut of [...cuts.map((each) => each % text.length).sort((a, b) => a - b), text.length]) {
          lines.push(text.slice(at, cut));
          expect(told).not.toContain(secret);
          at = cut;
        }
        lines.close();
        expect(told).not.toContain(secret);
        expect(told.startsWith('a line\n')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what hides a secret', () => {
  it('is taken out first: colours in the middle, and characters that are not seen', () => {
    const secret = `ghp_${'a'.repeat(20)}`;
    for (const hidden of ['\u001b[31m', '\u200b', '\u001bM', '\u001b[0m\u2060', '\u001b]8;;x\u0007']) {
      const text = `${secret.slice(0, 9)}${hidden}${secret.slice(9)}`;
      expect(scrub(text)).toBe('[redacted]');
      expect(scrub(JSON.stringify({ text }))).toBe('{"text":"[redacted]"}');
    }
  });

  it('leaves JSON whole, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.constantFrom('\\', 'u001b', '[', '31m', '"', '\u001b', ']', '\u0007', 'n')),
        (a, b) => {
          expect(() => JSON.parse(scrub(JSON.stringify({ a, b: b.join('') }))) as unknown).not.toThrow();
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is looked for in time that grows with the text alone', () => {
    const begun = performance.now();
    for (const unit of [
      '\\',
      'A',
      '=',
      'a.',
      '-----BEGIN ',
      'TOKEN',
      'eyJ',
      '\u001b[',
      ' Bearer',
      '\\u001b]',
      '//a:',
    ]) {
      scrub(unit.repeat(20_000));
    }
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('is not seen where there is none', () => {
    for (const text of [
      'task-rename-all-the-things-at-once',
      'a1b2c3d4e5f6a7b8',
      'JOIN_TOKEN=********',
      'Bearer none',
    ]) {
      expect(scrub(text)).toBe(text);
    }
  });
});

describe('lines', () => {
  it('that never end are not kept for ever', () => {
    const told: string[] = [];
    const lines = new ScrubbedLines((line) => told.push(line));
    for (let chunk = 0; chunk < 20; chunk += 1) lines.push('x'.repeat(100_000));
    lines.push('\nnext\n');
    expect(told).toEqual(['[a line that was too long]\n', 'next\n']);
  });
});
