// What installs agents into an image, with a real shell and scripted programs that write down what they were asked for.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inRoot, readJson } from '../run/paths.mjs';
import { withAgents } from './agents-block.mjs';

let dir;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rh-provision-'));
  mkdirSync(join(dir, 'bin'));
  for (const name of ['npm', 'pip3', 'apt-get']) {
    const file = join(dir, 'bin', name);
    writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> "$DIR/asked"\n`);
    chmodSync(file, 0o755);
  }
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function provision(agents, ...words) {
  const { status, stderr } = spawnSync('sh', [inRoot('scripts/container/provision.sh'), ...words], {
    env: {
      PATH: `${join(dir, 'bin')}:${process.env.PATH}`,
      DIR: dir,
      AGENTS: agents,
      ROUNDHOUSE_SEED_DIR: join(dir, 'home'),
    },
    encoding: 'utf8',
  });
  return { status, stderr };
}
const asked = () => (existsSync(join(dir, 'asked')) ? readFileSync(join(dir, 'asked'), 'utf8') : '');

describe('provision.sh', () => {
  it('F:B11 installs an agent that AGENTS names, and no other', () => {
    expect(provision('codex, claude', 'claude', 'npm=@a/claude@1.2.3', 'pip=x==1.0.0').status).toBe(0);
    expect(provision('codex', 'claudette', 'npm=never').status).toBe(0);
    expect(provision('', 'claude', 'npm=never').status).toBe(0);
    expect(asked()).toBe(
      'npm install --global --no-audit --no-fund -- @a/claude@1.2.3\n' +
        'pip3 install --no-cache-dir --break-system-packages -- x==1.0.0\n',
    );
  });

  it('refuses a name that no profile has, and says which there are', () => {
    expect(provision('bash claude', '--known', 'claude', 'codex').status).toBe(0);
    expect(provision('cluade', '--known', 'claude', 'codex')).toEqual({
      status: 1,
      stderr: 'roundhouse: AGENTS: "cluade" is not known here; there are: bash claude codex\n',
    });
  });

  it('R:H13 takes packages, paths and texts as data', () => {
    const evil = '$(touch "$DIR/evil")`touch $DIR/evil`; touch $DIR/evil';
    const words = [`npm=${evil}`, `dir=.x/${evil.replaceAll('/', '')}`];
    const content = `content64=${Buffer.from(evil).toString('base64')}`;
    expect(provision('a', 'a', ...words, content, 'file=.x/config').status).toBe(0);
    expect(existsSync(join(dir, 'evil'))).toBe(false);
    expect(readFileSync(join(dir, 'home/.x/config'), 'utf8')).toBe(evil);
  });

  it('fails the build when the agent does not work, and leaves nothing of the attempt in a home', () => {
    const verify = 'echo junk > "$HOME/junk"; echo "$HOME" > "$DIR/where"; exit 3';
    const { status, stderr } = provision('a', 'a', `verify64=${Buffer.from(verify).toString('base64')}`);
    expect([status, stderr]).toEqual([1, `roundhouse: a is installed, but does not work: ${verify}\n`]);
    expect(existsSync(readFileSync(join(dir, 'where'), 'utf8').trim())).toBe(false);
  });
});

describe('Containerfile.daemon', () => {
  it('has one place for generated lines', () => {
    const text = readFileSync(inRoot('Containerfile.daemon'), 'utf8');
    const changed = withAgents(text, 'RUN ["x"]\n');
    expect(changed).toContain('do not edit ---\nRUN ["x"]\n# --- end of agents');
    expect(withAgents(changed, 'RUN ["y"]\n')).not.toContain('"x"');
    expect(() => withAgents('FROM x\n', '')).toThrow('needs once');
  });

  it('installs the versions of the agents that are tested for real', () => {
    const tested = readFileSync(inRoot('e2e/agents/versions.ts'), 'utf8').match(/'[^']+@\d[^']*'/g);
    const text = readFileSync(inRoot('Containerfile.daemon'), 'utf8');
    expect(tested.map((word) => `"npm=${word.slice(1, -1)}"`).filter((word) => !text.includes(word))).toEqual(
      [],
    );
  });

  it.each(['hub', 'daemon'])('Containerfile.%s starts the program with the flags of its package', (app) => {
    const text = readFileSync(inRoot(`Containerfile.${app}`), 'utf8').replace(/\\\n\s*/g, '');
    const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(text)[1]);
    const { nodeFlags } = readJson(inRoot('apps', app, 'package.json')).config;
    expect(entry.slice(entry.indexOf('node'))).toEqual(['node', ...nodeFlags, `/opt/roundhouse/apps/${app}`]);
  });
});
