// Owns making a Debian machine ready for `npm run test:containers` where no image registry can be reached. Without an
// argument it says what is missing and changes nothing; each of these is done only when it is asked for, as root:
//   --packages  podman and what it needs, by apt
//   --settings  one file for podman, where it could not start anything as the machine is
//   --images    images that stand in for those that our images begin with: made of packages of Debian and npm, by this
//               machine's own settings. What is here or can be fetched is left as it is
//   --all       all three
import process from 'node:process';
import { baseImages, isHere, pulled } from './base-images.mjs';
import { podmanVersion, timed } from './engine.mjs';
import { debianImage, makeDebian } from './stand-in/debian.mjs';
import {
  installPackages,
  machineFacts,
  missingPackages,
  settingsFile,
  settingsFor,
  settingsHold,
  writeSettings,
} from './stand-in/machine.mjs';
import { makeNode } from './stand-in/node.mjs';
import { makePostgres } from './stand-in/postgres.mjs';
import { capture } from '../run/child.mjs';
import { RunError, say } from '../run/output.mjs';

const makers = { node: makeNode, postgres: makePostgres };
const steps = ['--packages', '--settings', '--images'];

function readArguments(args) {
  const unknown = args.find((arg) => ![...steps, '--all'].includes(arg));
  if (unknown)
    throw new RunError(`Unknown: ${unknown}`, { hint: `There are: ${steps.join(', ')}, --all`, exitCode: 2 });
  const asked = new Set(args.includes('--all') ? steps : args);
  if (asked.size > 0 && process.getuid() !== 0)
    throw new RunError('This changes the machine: run it as root', { exitCode: 2 });
  return asked;
}

/** @returns whether something is missing still */
async function packages(asked) {
  const missing = await missingPackages();
  if (missing.length === 0) say('packages: all there');
  else if (asked) await installPackages(missing);
  else say(`packages: ${missing.join(' ')} are missing (--packages)`);
  return missing.length > 0 && !asked;
}

/** Whether a container starts, as far as there is an image to try it with. */
async function starts() {
  for (const image of Object.values(baseImages)) {
    if (!(await isHere(image))) continue;
    const args = ['run', '--rm', '--network=none', '--entrypoint', 'true', image];
    return (await capture('podman', args)).code === 0;
  }
  return false;
}

async function settings(asked) {
  const text = settingsFor(await machineFacts());
  if (text === null) say('settings: podman needs none here');
  else if (settingsHold(text)) say(`settings: ${settingsFile} is right`);
  else if ((await podmanVersion()) && (await starts())) say('settings: podman starts containers as it is');
  else if (asked) writeSettings(text);
  else say('settings: podman can start nothing here without some (--settings)');
}

async function images(asked) {
  let missing = false;
  for (const [name, image] of Object.entries(baseImages)) {
    if (await isHere(image)) {
      say(`${image}: here`);
      continue;
    }
    if (!asked) {
      say(
        `${image}: not here (test:containers fetches it where it can; --images makes a stand-in where it cannot)`,
      );
      missing = true;
      continue;
    }
    const why = await pulled(image);
    if (why === null) {
      say(`${image}: fetched`);
      continue;
    }
    say(`${image}: cannot be fetched (${why}); making a stand-in`);
    if (!(await isHere(debianImage))) await timed(makeDebian).then(([, took]) => say(`Debian (${took} s)`));
    const [, took] = await timed(() => makers[name](image));
    say(`${image}: a stand-in (${took} s)`);
  }
  return missing;
}

async function run(args) {
  const asked = readArguments(args);
  const withoutPackages = await packages(asked.has('--packages'));
  await settings(asked.has('--settings'));
  if (!(await podmanVersion())) return true;
  return (await images(asked.has('--images'))) || withoutPackages;
}

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 1 : 0;
} catch (error) {
  if (!(error instanceof RunError)) throw error;
  say(`error: ${error.message}`);
  if (error.hint) say(`  ${error.hint}`);
  process.exitCode = error.exitCode;
}
