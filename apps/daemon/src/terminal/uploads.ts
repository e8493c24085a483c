// Files that people paste into a session: written in order beside its state, readable for this user alone, with a name
// that does no harm; what was begun and not finished goes away.
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { asNoSpace } from '../state/json-file.js';

/** Bytes of all files of one session; removed with it. */
export const sessionUploadsMaxBytes = 200 * 1024 * 1024;
/** Uploads under way on this host. */
const openMax = 32;
/** A browser that is gone does not come back to a half file. */
const abandonedMs = 5 * 60_000;
const nameMax = 80;

export interface UploadPiece {
  readonly uploadId: string;
  readonly name: string;
  readonly size: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

interface Upload {
  readonly dir: string;
  readonly partial: string;
  readonly size: number;
  received: number;
  touchedAt: number;
  /** Path of the whole file, so that a repeat of the last piece is answered alike. */
  path: string | null;
  turn: Promise<unknown>;
}

export class Uploads {
  readonly #clock: Clock;
  readonly #uploads = new Map<string, Upload>();
  readonly #stop: () => void;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#stop = clock.every(abandonedMs / 5, () => {
      this.#sweep();
    });
  }

  /**
   * @param dir of the session's uploads
   * @throws AppError OFFSET_INVALID (details.received: send from there), BODY_TOO_LARGE, CONFLICT, RATE_LIMITED, NO_SPACE
   */
  async write(dir: string, piece: UploadPiece): Promise<{ received: number; path: string | null }> {
    const key = `${dir}\n${piece.uploadId}`;
    const upload = this.#uploads.get(key) ?? this.#begin(key, dir, piece);
    if (upload.size !== piece.size)
      throw new AppError('CONFLICT', { message: 'The size of the file has changed' });
    const run = upload.turn.then(() => this.#write(upload, piece));
    upload.turn = run.catch(() => undefined);
    try {
      return await run;
    } catch (error) {
      throw asNoSpace(upload.partial, error);
    }
  }

  dispose(): void {
    this.#stop();
    this.#uploads.clear();
  }

  #begin(key: string, dir: string, piece: UploadPiece): Upload {
    if (piece.offset !== 0) throw wrongOffset(piece.offset, 0);
    const running = [...this.#uploads.values()].filter(({ path: done }) => done === null);
    if (running.length >= openMax)
      throw new AppError('RATE_LIMITED', { message: 'Too many files are being pasted' });
    const partial = path.join(dir, `.${piece.uploadId}.part`);
    const touchedAt = this.#clock.monotonic();
    const upload: Upload = {
      ...{ dir, partial, size: piece.size, received: 0, touchedAt, path: null, turn: Promise.resolve() },
    };
    this.#uploads.set(key, upload);
    return upload;
  }

  async #write(upload: Upload, piece: UploadPiece): Promise<{ received: number; path: string | null }> {
    upload.touchedAt = this.#clock.monotonic();
    const end = piece.offset + piece.data.length;
    // A repeat of what is there already.
    if (end <= upload.received) return { received: upload.received, path: upload.path };
    if (piece.offset !== upload.received) throw wrongOffset(piece.offset, upload.received);
    if (end > upload.size)
      throw new AppError('BODY_TOO_LARGE', { message: 'The file is longer than was said' });
    if (piece.offset === 0) await this.#makeRoom(upload);
    const file = await open(upload.partial, piece.offset === 0 ? 'w' : 'r+', 0o600);
    try {
      await file.write(piece.data, 0, piece.data.length, piece.offset);
    } finally {
      await file.close();
    }
    upload.received = end;
    if (end === upload.size) upload.path = await finish(upload, piece.name);
    return { received: end, path: upload.path };
  }

  async #makeRoom({ dir, size, partial }: Upload): Promise<void> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    let used = 0;
    for (const name of await readdir(dir)) {
      const file = path.join(dir, name);
      const underWay = [...this.#uploads.values()].find((other) => other.partial === file);
      // What an earlier daemon left half.
      if (name.endsWith('.part') && !underWay) await rm(file, { force: true });
      else if (file !== partial)
        used += underWay ? underWay.size : ((await stat(file).catch(() => null))?.size ?? 0);
    }
    if (used + size <= sessionUploadsMaxBytes) return;
    throw new AppError('BODY_TOO_LARGE', {
      message: 'The files that were pasted into this session fill its room',
      hint: 'Delete the session when it is done, or copy the file to the host another way.',
    });
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [key, upload] of this.#uploads) {
      if (now - upload.touchedAt < abandonedMs) continue;
      this.#uploads.delete(key);
      if (upload.path === null) void rm(upload.partial, { force: true }).catch(() => undefined);
    }
  }
}

async function finish({ dir, partial }: Upload, wanted: string): Promise<string> {
  const name = harmlessName(wanted);
  const taken = new Set(await readdir(dir));
  const { name: stem, ext } = path.parse(name);
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${stem}-${String(number)}${ext}`;
  await rename(partial, path.join(dir, free));
  return path.join(dir, free);
}

/** The last part of a name, of letters that no shell and no file system minds. */
export function harmlessName(wanted: string): string {
  const last = wanted.split(/[/\\]/u).at(-1) ?? '';
  const clean = last
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/u, '')
    .replace(/[.-]+$/u, '');
  const { name, ext } = path.parse(clean);
  const cut = [...name].slice(0, nameMax).join('') + [...ext].slice(0, 16).join('');
  return cut === '' ? 'file' : cut;
}

const wrongOffset = (offset: number, received: number): AppError =>
  new AppError('OFFSET_INVALID', {
    message: `The piece is for byte ${String(offset)}, byte ${String(received)} comes next`,
    details: { received },
  });
