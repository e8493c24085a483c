// Owns the tarball: the same tree gives the same bytes, whoever packs it, where and when.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { RunError } from '../run/output.mjs';

const tarFlags = [
  '--create',
  '--format=gnu',
  '--sort=name',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  // Links of pnpm's store are files here, and a person's umask is nobody's business.
  '--hard-dereference',
  '--mode=u=rwX,go=rX',
];

/** Packs `folder` of the directory `parent` into `file`; `seconds` is the time that everything in it gets. */
export async function pack({ parent, folder, file, seconds }) {
  const args = [...tarFlags, `--mtime=@${seconds}`, '-C', parent, folder];
  const tar = spawn('tar', args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
  let said = '';
  tar.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve, reject) => tar.once('error', reject).once('close', resolve));
  await pipeline(tar.stdout, createGzip({ level: 9 }), createWriteStream(file));
  const code = await ended;
  if (code !== 0) throw new RunError(`tar failed: ${said.trim()}`, { hint: 'GNU tar is needed.' });
}

export async function sha256Of(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
