// Owns the choice of the command and the one place where a failure becomes a message and an exit code.
import { RunError, say } from './output.mjs';

const commands = {
  start: () => import('./start.mjs'),
  test: () => import('./test.mjs'),
  dev: () => import('./dev.mjs'),
  check: () => import('./check.mjs'),
  build: () => import('./build.mjs'),
  'profiles:check': () => import('./profiles-check.mjs'),
  'test:agents': () => import('./test-agents.mjs'),
  'test:bar': () => import('./test-bar.mjs'),
  'test:database': () => import('./test-database.mjs'),
  'test:fresh': () => import('./test-fresh.mjs'),
  'bench:terminal': () => benchmark('terminal.ts'),
  'bench:scale': () => benchmark('scale.ts'),
  'bench:ingest': () => benchmark('ingest.ts'),
  soak: () => benchmark('soak.ts'),
};

const benchmark = async (script) => (await import('./bench.mjs')).bench(script);

const usage = `Usage: node scripts/run.mjs <command>
  start        build what is stale, then run the hub with the web app and one daemon for this machine
  test         build what is stale, then run every test (--unit or --e2e for one kind; anything else goes to Vitest)
  dev          run everything from source and rebuild on change
  check        format, lint, types, boundaries, unused code, generated files (--staged: the fast part; or step names)
  build        build what is stale and stop
  profiles:check [directory]
               every mistake in agent profiles, with file, line and field (default: profiles/)
  test:agents  the real agents, installed from npm, against fake models (names of agents: only those)
  test:bar     the whole length of the tests that npm test runs in a short form (arguments go to Playwright)
  test:database
               minutes without a database, with a slow, a read-only and a full one (arguments go to Playwright)
  test:fresh   prove that a fresh clone works (--skip-tests: without its npm test)
  bench:terminal, bench:scale, bench:ingest, soak
               measure the terminal, many hosts, and hours of use (--quick; docs/performance.md)`;

/** Runs one command; sets the exit code and never throws. */
export async function main(argv) {
  const [name = '', ...args] = argv;
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    console.error(name ? `Unknown command "${name}".\n${usage}` : usage);
    process.exitCode = 2;
    return;
  }
  try {
    const command = await load();
    process.exitCode = await command.run(args);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    say(`error: ${error.message}`);
    if (error.hint) say(`  ${error.hint}`);
    process.exitCode = error.exitCode;
  }
}
