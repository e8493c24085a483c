import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { newSecret } from './new-id.js';

const log = (write: (logger: ReturnType<typeof createLogger>) => void): string => {
  let text = '';
  write(createLogger({ name: 'x', level: 'debug', destination: { write: (line) => void (text += line) } }));
  return text;
};

describe('a log', () => {
  it('holds no secret, wherever it stood', () => {
    const canary = newSecret();
    const secrets: Record<string, unknown>[] = [
      { password: canary },
      { token: canary },
      { joinToken: canary },
      { request: { authorization: `Bearer ${canary}` } },
      { request: { cookie: `rh=${canary}` } },
      { spawn: { env: { ANTHROPIC_API_KEY: canary } } },
      { input: { data: canary } },
      { note: `rh_${canary}` },
      { note: `rhj_${'a'.repeat(32)}.${canary}.${canary}` },
      { note: `http://127.0.0.1:4400/setup#token=${canary}` },
      { note: `http://127.0.0.1:4318/s/${canary}/v1/metrics` },
      { note: `postgresql://hub:${canary}@db/hub` },
      { note: `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----` },
      { err: new Error(`refused rh_${canary}`) },
    ];
    for (const secret of secrets) {
      const line = log((logger) => {
        logger.info(secret, 'a message');
      });
      expect(line).toContain('a message');
      expect(line).not.toContain(canary);
      expect(() => JSON.parse(line) as unknown).not.toThrow();
    }
  });

  it('keeps what is no secret', () => {
    const line = log((logger) => {
      logger.warn({ hostId: 'h-1', url: 'http://hub/s/short', code: 'TIMEOUT' }, 'gone');
    });
    expect(line).toMatch(/"level":"warn".*"hostId":"h-1".*\/s\/short.*TIMEOUT/);
  });
});
