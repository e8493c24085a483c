// For the tests of this folder: temp directories, real repositories made by a plain git, and a canary.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { newId, systemClock, type Clock } from '@roundhouse/kit';
import { TrustStore } from './trust.js';
import { Worktrees } from './worktrees.js';

/** A temp directory with a root for projects, a state directory and worktrees on top of them. */
export class TestBed {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'roundhouse-git-')));
  readonly root = join(this.base, 'root');
  readonly stateDir = join(this.base, 'state');
  readonly running = new Set<string>();

  constructor() {
    mkdirSync(this.root);
  }

  [Symbol.dispose](): void {
    rmSync(this.base, { recursive: true, force: true });
  }

  /** A plain git of the test, unlike the daemon's: with an identity and free of the user's configuration. */
  git(directory: string, ...args: string[]): string {
    return execFileSync('git', ['-C', directory, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        // eslint-disable-next-line no-restricted-syntax -- a child needs the PATH, it is no setting
        PATH: process.env['PATH'],
        HOME: this.base,
        LC_ALL: 'C',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'T',
        GIT_AUTHOR_EMAIL: 't@example.org',
        GIT_COMMITTER_NAME: 'T',
        GIT_COMMITTER_EMAIL: 't@example.org',
      },
    }).trimEnd();
  }

  write(file: string, content: string | Buffer): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  makeExecutable(file: string): void {
    chmodSync(file, 0o755);
  }

  /** A repository `name` under the root with branch main and one commit of `files`. */
  repository(
    name = 'project',
    files: Record<string, string> = { 'a.txt': 'one\n', 'dir/b.txt': 'two\n' },
  ): string {
    const path = join(this.root, name);
    mkdirSync(path, { recursive: true });
    this.git(path, 'init', '-q', '-b', 'main');
    for (const [file, content] of Object.entries(files)) this.write(join(path, file), content);
    this.git(path, 'add', '-A');
    this.git(path, 'commit', '-q', '--allow-empty', '-m', 'First');
    return path;
  }

  /** A shell script that leaves a file; the files are in `canaries`. */
  canary(name: string): string {
    const script = join(this.base, `${name}.sh`);
    this.write(script, `#!/bin/sh\ntouch '${join(this.base, `canary-${name}`)}'\ncat\n`);
    chmodSync(script, 0o755);
    return script;
  }

  sang(name: string): boolean {
    return existsSync(join(this.base, `canary-${name}`));
  }

  /** Everything that must not change in a repository when a worktree fails or goes. */
  snapshot(project: string): unknown {
    return {
      refs: this.git(project, 'for-each-ref', 'refs/heads', 'refs/remotes', 'refs/tags'),
      head: this.git(project, 'symbolic-ref', 'HEAD'),
      status: this.git(project, 'status', '--porcelain', '--ignored'),
      worktrees: this.git(project, 'worktree', 'list', '--porcelain'),
      files: readdirSync(project).sort(),
      index: readFileSync(join(project, '.git/index')).toString('hex'),
      left: existsSync(join(project, '.git/worktrees')) ? readdirSync(join(project, '.git/worktrees')) : [],
    };
  }

  async open(clock: Clock = systemClock): Promise<{ trust: TrustStore; worktrees: Worktrees }> {
    const { stateDir } = this;
    const trust = await TrustStore.open({ stateDir, clock });
    const isRunning = (id: string): boolean => this.running.has(id);
    return { trust, worktrees: await Worktrees.open({ stateDir, trust, clock, isRunning }) };
  }

  /** A trusted repository with a worktree of a new session. */
  async worktree(project = this.repository()) {
    const { trust, worktrees } = await this.open();
    await trust.trust(project);
    const sessionId = newId();
    const made = await worktrees.create({ project, root: this.root, sessionId, profile: 'bash' });
    return { project, trust, worktrees, sessionId, path: made.path, branch: made.branch, record: made };
  }
}
