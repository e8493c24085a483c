// Owns `npm run profiles:check [directory…]`: every mistake in profile files with file, line, column and field. What
// a host would only warn of counts as well.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { RunError } from './output.mjs';
import { inRoot } from './paths.mjs';

/** @returns the exit code */
export async function run(args) {
  const built = inRoot('packages/profiles/dist/node/load-directories.js');
  if (!existsSync(built)) {
    throw new RunError('packages/profiles is not built', 'node scripts/run.mjs build');
  }
  const { loadProfileDirectories } = await import(built);
  const { problemText } = await import(inRoot('packages/profiles/dist/index.js'));
  const directories = args.length > 0 ? args.map((name) => path.resolve(name)) : [inRoot('profiles')];
  let mistakes = 0;
  let profiles = 0;
  // Each for itself: a directory is right or wrong whatever another one adds to it.
  for (const directory of directories) {
    const result = await loadProfileDirectories([directory]);
    const shown = path.relative(process.cwd(), directory);
    for (const problem of result.problems) {
      const named =
        problem.file === directory ? problem : { ...problem, file: path.join(shown, problem.file) };
      console.error(problemText(named));
    }
    mistakes += result.problems.length;
    profiles += result.profiles.length;
  }
  console.log(
    `${profiles} profile${profiles === 1 ? '' : 's'}, ${mistakes} mistake${mistakes === 1 ? '' : 's'}`,
  );
  return mistakes === 0 ? 0 : 1;
}
