import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinCommands, shellQuote } from './join-commands.js';

const parts = {
  hubUrl: 'https://hub.example:8443',
  joinToken: `rhj_${'0'.repeat(32)}.${'a'.repeat(43)}.${'b'.repeat(43)}`,
  image: 'localhost/roundhouse-daemon:0.1.0',
  projectRoots: ['/srv/code', '/home/ada/my work'],
  hostName: 'mill',
};
/** The words that a shell makes of each line. */
const wordsOf = (lines: readonly string[]): string[][] => {
  const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\n\\0'`).join('\n');
  const words = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  const all: string[][] = [[]];
  for (const word of words) {
    if (word === '\n') all.push([]);
    else all.at(-1)?.push(word);
  }
  return all.slice(0, -1);
};
const networked = (hubUrl: string): boolean =>
  joinCommands({ ...parts, hubUrl }).docker.includes('--network=host');

describe('the commands that add a machine', () => {
  it('are exact', () => {
    const { podman, docker, node } = joinCommands(parts);
    expect(docker).toMatch(/^docker run -d --restart=unless-stopped --name roundhouse-mill /);
    expect(docker).toContain(
      "-v roundhouse-mill-state:/state -v /srv/code:/srv/code -v '/home/ada/my work:/home/ada/my work' " +
        `-e HUB_URL=https://hub.example:8443 -e JOIN_TOKEN=${parts.joinToken} ` +
        "-e 'PROJECTS_ROOT=/srv/code:/home/ada/my work' localhost/roundhouse-daemon:0.1.0",
    );
    for (const command of [docker, podman]) {
      expect(command).toContain('--cap-drop=all');
      expect(command).not.toMatch(/privileged( |=true)|docker\.sock/);
    }
    expect(podman).toContain('podman run -d');
    expect(podman).toContain('--userns=keep-id');
    expect(node).toBe(
      `HUB_URL=https://hub.example:8443 JOIN_TOKEN=${parts.joinToken} ` +
        "PROJECTS_ROOT='/srv/code:/home/ada/my work' node apps/daemon",
    );
  });

  it('share the network of the machine exactly when the hub is on its loopback', () => {
    const loopback = [
      'http://127.0.0.1:4400',
      'http://localhost:4400',
      'http://[::1]:4400',
      'http://127.0.0.2:1',
    ];
    expect(loopback.map(networked)).toEqual([true, true, true, true]);
    const others = [
      'https://hub.example',
      'http://10.0.0.1',
      'https://localhost.example',
      'http://127.0.0.1.nip.io',
    ];
    expect(others.map(networked)).toEqual([false, false, false, false]);
  });

  it('are only words to a shell, whatever the names and roots', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...`'"$\`\\;&|<>(){}*?!~# \n\tab-=/`), maxLength: 20 });
    const samples = fc.sample(fc.tuple(hostile, fc.array(hostile, { maxLength: 3 })), 60);
    const all = samples.map(([hostName, tails]) => {
      const projectRoots = tails.map((tail) => `/${tail}`);
      return { projectRoots, ...joinCommands({ ...parts, hostName, projectRoots }) };
    });
    const words = wordsOf(all.map(({ docker }) => docker));
    const fixed = wordsOf([joinCommands({ ...parts, projectRoots: [] }).docker])[0]?.length ?? 0;
    all.forEach(({ projectRoots }, index) => {
      const found = words[index] ?? [];
      expect(found.at(-1)).toBe(parts.image);
      expect(found[5]).toMatch(/^roundhouse-[a-z0-9_.-]+$/);
      for (const root of projectRoots) expect(found).toContain(`${root}:${root}`);
      // The image is the last word, and nothing stands there but what always does and the roots.
      expect(found).toHaveLength(fixed + projectRoots.length * 2 + (projectRoots.length > 0 ? 2 : 0));
    });
    const environments = wordsOf(
      all.map(({ node }) =>
        node.replace('node apps/daemon', '').replace(/(^| )(HUB_URL|JOIN_TOKEN|PROJECTS_ROOT)=/g, ' '),
      ),
    );
    all.forEach(({ projectRoots }, index) => {
      if (projectRoots.length > 0) expect(environments[index]?.at(-1)).toBe(projectRoots.join(':'));
    });
  });

  it('quote a word once and whole', () => {
    expect([shellQuote('plain-1.0/x'), shellQuote(''), shellQuote("it's"), shellQuote('~')]).toEqual([
      'plain-1.0/x',
      "''",
      "'it'\\''s'",
      "'~'",
    ]);
  });
});
