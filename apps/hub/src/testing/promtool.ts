// Prometheus' own checker: the one that is installed, else Debian's, unpacked into a cache outside the repository.
// (Installing the package would start a server.) Null where it cannot be had.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const fetchTimeoutMs = 60_000;

async function findPromtool(): Promise<string | null> {
  const base = process.env.XDG_CACHE_HOME ?? tmpdir();
  const cached = path.join(base, 'roundhouse-test-cache', 'promtool');
  const program = path.join(cached, 'usr/bin/promtool');
  for (const candidate of ['promtool', program]) {
    if (await works(candidate)) return candidate;
  }
  await unpack(cached).catch(() => undefined);
  return (await works(program)) ? program : null;
}

/** Null when the test was skipped. @throws Error where it must not be: in CI */
export async function promtoolOrSkip(context: { skip: (note: string) => void }): Promise<string | null> {
  const promtool = await findPromtool();
  if (promtool !== null) return promtool;
  if (process.env.CI === 'true') throw new Error('promtool could not be fetched');
  context.skip('promtool is not here and could not be fetched');
  return null;
}

const works = (program: string): Promise<boolean> =>
  run(program, ['--version'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );

async function unpack(to: string): Promise<void> {
  const work = `${to}.${String(process.pid)}`;
  await mkdir(work, { recursive: true });
  try {
    await run('apt-get', ['download', 'prometheus'], { cwd: work, timeout: fetchTimeoutMs });
    const file = (await readdir(work)).find((name) => name.endsWith('.deb'));
    if (file === undefined) return;
    await run('dpkg-deb', ['-x', file, 'unpacked'], { cwd: work, timeout: fetchTimeoutMs });
    await rm(to, { recursive: true, force: true });
    await rename(path.join(work, 'unpacked'), to);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What `promtool check rules` says of rules. */
export async function checkRules(promtool: string, rules: object): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'rh-rules-'));
  try {
    const file = path.join(dir, 'rules.yaml');
    await writeFile(file, JSON.stringify(rules));
    return (await run(promtool, ['check', 'rules', file], { timeout: 20_000 })).stdout;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What `promtool check metrics` says of a text; empty when it finds nothing. */
export function checkMetrics(promtool: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(promtool, ['check', 'metrics'], { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error('promtool took too long', { cause: error }));
      else resolve(`${stdout}${stderr}${error ? ` (exit ${String(error.code)})` : ''}`);
    });
    child.stdin?.end(text);
  });
}
