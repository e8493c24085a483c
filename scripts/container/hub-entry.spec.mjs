// What starts the hub and the database in their containers, with a real shell and a scripted `sleep` that makes time pass.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inRoot } from '../run/paths.mjs';

let dir;
let secret;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-hub-entry-'));
  secret = join(dir, 'database-url');
  sleeps('true');
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function sleeps(body) {
  writeFileSync(join(dir, 'sleep'), `#!/bin/sh\necho x >> "$DIR/slept"\n${body}\n`);
  chmodSync(join(dir, 'sleep'), 0o755);
}
function enter(env) {
  const { status, stdout, stderr } = spawnSync(
    'sh',
    [inRoot('scripts/container/hub-entry.sh'), 'sh', '-c', 'echo "started $DATABASE_URL_FILE"'],
    { env: { PATH: `${dir}:${process.env.PATH}`, DIR: dir, ...env }, encoding: 'utf8' },
  );
  return { status, stdout, said: stderr.split('\n').filter((line) => line !== '') };
}

describe('hub-entry.sh', () => {
  it('starts at once with an address', () => {
    expect(enter({ DATABASE_URL: 'postgresql://db/x' })).toEqual({
      status: 0,
      stdout: 'started \n',
      said: [],
    });
    writeFileSync(secret, 'postgresql://db/x');
    expect(enter({ DATABASE_URL_FILE: secret })).toMatchObject({ status: 0, stdout: `started ${secret}\n` });
  });

  it('waits for the file that a late database makes, and says so once in ten seconds', () => {
    sleeps(`[ "$(wc -l < "$DIR/slept")" -lt 25 ] || echo url > "${secret}"`);
    const { status, stdout, said } = enter({ DATABASE_URL_FILE: secret });
    expect([status, stdout]).toEqual([0, `started ${secret}\n`]);
    expect(said).toEqual(Array(3).fill(expect.stringContaining(`waiting for ${secret}`)));
  });

  it('gives up after two minutes, and a supervisor starts it again', () => {
    const { status, said } = enter({ DATABASE_URL_FILE: secret });
    expect(status).toBe(1);
    expect(said.at(-1)).toContain(`${secret} did not come within 120 s`);
  });
});

describe('db-entry.sh', () => {
  const start = (env = {}) => {
    writeFileSync(join(dir, 'docker-entrypoint.sh'), '#!/bin/sh\necho "$POSTGRES_PASSWORD_FILE $*"\n');
    chmodSync(join(dir, 'docker-entrypoint.sh'), 0o755);
    const { status, stdout, stderr } = spawnSync('sh', [inRoot('deploy/db-entry.sh')], {
      env: {
        PATH: `${dir}:${process.env.PATH}`,
        ROUNDHOUSE_SECRET_DIR: dir,
        POSTGRES_USER: 'roundhouse',
        POSTGRES_DB: 'roundhouse',
        PGDATA: join(dir, 'data'),
        ...env,
      },
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const file = (name) => readFileSync(join(dir, name), 'utf8');

  it('makes a password of 24 random bytes once, and the address that the hub reads', () => {
    expect(start()).toEqual({
      status: 0,
      stdout: `${join(dir, 'database-password')} postgres\n`,
      stderr: '',
    });
    const password = file('database-password');
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(file('database-url')).toBe(`postgresql://roundhouse:${password}@db:5432/roundhouse`);
    expect(start().status).toBe(0);
    expect(file('database-password')).toBe(password);
  });

  it('says what to do when the password is gone and the database is not', () => {
    mkdirSync(join(dir, 'data'));
    writeFileSync(join(dir, 'data/PG_VERSION'), '17');
    expect(start().stderr).toContain('run in this container: roundhouse-db set-password');
  });
});
