// Owns the stand-in for the image of Node.js: the program and npm from npm's registry, and a user like the real image's.
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianImage } from './debian.mjs';
import { buildImage, run, scratch, unpackNpm } from './build.mjs';

/** DATA: of npm's packages. The first has program and headers. */
const program = `node-${process.platform}-${process.arch}@22`;
const npm = 'npm@10';

const containerfile = (version) => `FROM ${debianImage}
COPY root/ /
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node \\
 && apt-get -qq update && apt-get -qq install -y --no-install-recommends libstdc++6 libatomic1 >/dev/null \\
 && rm -rf /var/lib/apt/lists/* && node --version && npm --version
ENV NODE_VERSION=${version}
CMD ["node"]
`;

export const makeNode = (image) =>
  scratch(async (context) => {
    const local = join(context, 'root/usr/local');
    const npmDir = join(local, 'lib/node_modules/npm');
    mkdirSync(npmDir, { recursive: true });
    mkdirSync(join(local, 'etc'));
    const only = ['--strip-components=1', 'package/bin', 'package/include', 'package/package.json'];
    await unpackNpm(program, context, local, ...only);
    await unpackNpm(npm, context, npmDir, '--strip-components=1');
    chmodSync(join(local, 'bin/node'), 0o755);
    for (const name of ['npm', 'npx']) {
      chmodSync(join(npmDir, `bin/${name}-cli.js`), 0o755);
      symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
    }
    const registry = (await run('npm', ['config', 'get', 'registry'])).split('\n').at(-1);
    writeFileSync(join(local, 'etc/npmrc'), `registry=${registry}\n`);
    const { version } = JSON.parse(readFileSync(join(local, 'package.json'), 'utf8'));
    writeFileSync(join(context, 'Containerfile'), containerfile(version));
    await buildImage(image, context);
  });
