// Owns the two reverse proxies of deploy/: where their program is, and how the sample becomes one that runs here.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, stopperOf } from '../run/child.mjs';
import { RunError } from '../run/output.mjs';
import { cacheDir, inRoot } from '../run/paths.mjs';

/** The program on PATH, else out of Debian's package without installing it; null where neither is to be had. */
export async function programOf(name) {
  for (const dir of [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'])
    if (existsSync(join(dir, name))) return join(dir, name);
  const dir = join(cacheDir, 'proxies', name);
  const unpacked = ['usr/sbin', 'usr/bin'].map((part) => join(dir, part, name));
  if (!unpacked.some(existsSync)) {
    mkdirSync(dir, { recursive: true });
    const got = await capture('apt-get', ['download', '-qq', name], { cwd: dir }).catch(() => ({ code: 1 }));
    const file = readdirSync(dir).find((entry) => entry.endsWith('.deb'));
    if (got.code !== 0 || !file) return null;
    execFileSync('dpkg-deb', ['-x', join(dir, file), dir]);
  }
  return unpacked.find(existsSync) ?? null;
}

/** The text of a sample with lines replaced; one that is not there is a mistake of the sample or of this script. */
function sample(file, lines) {
  let text = readFileSync(inRoot('deploy', file), 'utf8');
  for (const [before, after] of lines) {
    if (!text.includes(before)) throw new RunError(`deploy/${file} has no "${before}" any more`);
    text = text.replaceAll(before, after);
  }
  return text;
}

/** What a site below whose path the hub is has besides. */
const restOfSite = (dir) => {
  mkdirSync(join(dir, 'site'));
  writeFileSync(join(dir, 'site/index.html'), 'the rest of the site');
  return ['/var/www/html', join(dir, 'site')];
};

/** nginx's sample for `layout`: the hub has a host of its own, or a path that is handed on, or removed. */
function nginxSite({ dir, port, hubPort, layout }) {
  const [file, host, files] =
    layout === 'own host'
      ? ['nginx.conf', 'roundhouse.example.org', '/etc/ssl/roundhouse']
      : ['nginx-path.conf', 'example.org', '/etc/ssl/example'];
  return sample(file, [
    ['listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`],
    [`server_name ${host};`, 'server_name localhost;'],
    ['server 127.0.0.1:4400;', `server 127.0.0.1:${hubPort};`],
    [`${files}/fullchain.pem`, join(dir, 'cert.pem')],
    [`${files}/key.pem`, join(dir, 'key.pem')],
    ...(layout === 'own host' ? [] : [restOfSite(dir)]),
    ...(layout === 'path removed'
      ? [['proxy_pass http://roundhouse;', 'proxy_pass http://roundhouse/;']]
      : []),
  ]);
}

function caddySite({ dir, layout }) {
  if (layout === 'own host') return sample('Caddyfile', []);
  const removed = [['handle /roundhouse/* {', 'handle_path /roundhouse/* {']];
  return sample('Caddyfile-path', [restOfSite(dir), ...(layout === 'path removed' ? removed : [])]);
}

const nginx = {
  name: 'nginx',
  prepare(place) {
    const { dir } = place;
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'].concat(
        ['-addext', 'subjectAltName=DNS:localhost'],
        ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem')],
      ),
      { stdio: 'ignore' },
    );
    writeFileSync(join(dir, 'site.conf'), nginxSite(place));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `  ${kind}_temp_path ${join(dir, kind)};`,
    );
    writeFileSync(
      join(dir, 'main.conf'),
      [
        ...(process.getuid() === 0 ? ['user root;'] : []),
        `pid ${join(dir, 'pid')};`,
        'daemon off;',
        'error_log stderr;',
        'events {}',
        'http {',
        '  access_log off;',
        ...temporary,
        `  include ${join(dir, 'site.conf')};`,
        '}',
      ].join('\n'),
    );
    return {
      lint: ['-t', '-p', dir, '-c', join(dir, 'main.conf')],
      run: ['-p', dir, '-c', join(dir, 'main.conf')],
      authority: join(dir, 'cert.pem'),
      env: {},
    };
  },
};

const caddy = {
  name: 'caddy',
  prepare(place) {
    const { dir, port, hubPort } = place;
    const options = `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\n`;
    writeFileSync(join(dir, 'Caddyfile'), options + caddySite(place));
    const config = ['--config', join(dir, 'Caddyfile'), '--adapter', 'caddyfile'];
    return {
      lint: ['validate', ...config],
      run: ['run', ...config],
      authority: join(dir, 'data/caddy/pki/authorities/local/root.crt'),
      env: {
        HOME: dir,
        XDG_DATA_HOME: join(dir, 'data'),
        XDG_CONFIG_HOME: join(dir, 'config'),
        ROUNDHOUSE_SITE: `https://localhost:${port}`,
        ROUNDHOUSE_UPSTREAM: `127.0.0.1:${hubPort}`,
      },
    };
  },
};

export const proxies = [nginx, caddy];

export const layouts = ['own host', 'path handed on', 'path removed'];

/** Runs it until `stop()`. */
export function startProxy(program, { run, env }) {
  const child = spawn(program, run, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-4000)));
  return { said: () => said, stop: stopperOf(child, program) };
}
