// Entry of every npm script: `node scripts/run.mjs start|test|dev|check|test:bar|test:database|test:fresh`. Built-ins only, and only
// syntax that old versions of Node can parse, so that "your Node is too old" is what an old Node says.
const wanted = [20, 19];
const version = process.versions.node.split('.').map(Number);

if (version[0] < wanted[0] || (version[0] === wanted[0] && version[1] < wanted[1])) {
  console.error(
    'Roundhouse needs Node ' + wanted.join('.') + ' or newer; this is Node ' + process.versions.node + '.',
  );
  console.error('Install a newer one from https://nodejs.org and run the command again.');
  process.exitCode = 1;
} else {
  import('./run/main.mjs').then((module) => module.main(process.argv.slice(2)));
}
